// What the packs find and we accept, and why.
export const accepted = [
  {
    rule: 'AwsSolutions-APIG4',
    resources: ['EveryRoute'],
    reason: 'Visitors need no account: the app knows them by its signed cookie, the owner by a key, channels by their signatures.',
  },
  {
    rule: 'AwsSolutions-CFR1',
    resources: ['Distribution'],
    reason: 'A twin speaks to the whole world.',
  },
  {
    rule: 'AwsSolutions-CFR4',
    resources: ['Distribution'],
    reason: 'With a DomainName the floor is TLS 1.2; the certificate of CloudFront itself allows no floor.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: 'Resource::*',
    resources: ['TurnPolicy', 'RotationRole'],
    reason: 'The two actions of X-Ray know no resources.',
  },
  {
    rule: 'AwsSolutions-IAM5',
    finding: 'Resource::<MemoryBucket.Arn>/*',
    resources: ['TurnPolicy'],
    reason: 'The objects of the one bucket that is the twin\'s own.',
  },
  {
    rule: 'Serverless-LambdaStarPermissions',
    resources: ['RotationRole'],
    reason: 'The two actions of X-Ray know no resources.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    resources: ['LlmApiKeySecret'],
    reason: 'Somebody else makes this key; the owner puts the next one in.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    resources: ['OwnerKeySecret'],
    reason: 'A person keeps this key, so a person decides when it changes.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    resources: ['OriginVerifySecret'],
    reason: 'CloudFront learns it at a deploy only, so it can change at a deploy only.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    resources: ['ApiFunction', 'StreamFunction'],
    reason: 'They are called and answered; nobody calls them asynchronously.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    resources: ['RotationFunction'],
    reason: 'Secrets Manager tries again by itself, and an alarm tells of a failure.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    resources: ['WorkerFunction'],
    reason: 'Jobs have the queue\'s dead letters; a sweep that failed is followed by the next within a minute.',
  },
  {
    rule: 'Serverless-LambdaAsyncFailureDestination',
    resources: ['WorkerFunctionEventInvokeConfig'],
    reason: 'A sweep that failed is followed by the next within a minute.',
  },
  {
    rule: 'Serverless-EventBusDLQ',
    resources: ['WorkerFunctionEveryMinute'],
    reason: 'A sweep that failed is followed by the next within a minute.',
  },
  {
    rule: 'Serverless-LambdaEventSourceMappingDestination',
    resources: ['WorkerFunctionJobs'],
    reason: 'Queues have no destinations for failures; this one has dead letters.',
  },
  {
    rule: 'Serverless-SQSRedrivePolicy',
    resources: ['DeadLetterQueue'],
    reason: 'It is where dead letters end; an alarm tells of each.',
  },
];

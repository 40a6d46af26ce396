// cdk-nag's AwsSolutions and Serverless packs over plain CloudFormation: node nag.mjs TEMPLATE.json
// Whatever they find is accepted in accepted.mjs with its reason, or it is mended. Exits 1 for anything else, and for an
// acceptance that nothing needs any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aspects, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, NagSuppressions, ServerlessChecks } from 'cdk-nag';
import { accepted } from './accepted.mjs';

const open = new Set();
const used = new Set();
const name = finding => `${finding.ruleId}${finding.findingId ? `[${finding.findingId}]` : ''} ${finding.resource.node.id}`;
const logger = {
  onCompliance() {},
  onNotApplicable() {},
  onSuppressedError() {},
  onSuppressed: finding => used.add(name(finding)),
  onNonCompliance: finding => open.add(`${name(finding)}: ${finding.ruleInfo}`),
  onError: finding => open.add(`${name(finding)}: ${finding.errorMessage}`),
};

const outdir = mkdtempSync(join(tmpdir(), 'nag-'));
const app = new App({ outdir, analyticsReporting: false });
const stack = new Stack(app, 'twin');
const template = new CfnInclude(stack, 'template', { templateFile: process.argv[2] });
const expected = new Set();
for (const { rule, finding, resources, reason } of accepted) {
  for (const resource of resources) {
    const acceptance = finding ? { id: rule, reason, appliesTo: [finding] } : { id: rule, reason };
    NagSuppressions.addResourceSuppressions(template.getResource(resource), [acceptance]);
    expected.add(`${rule}${finding ? `[${finding}]` : ''} ${resource}`);
  }
}

for (const Pack of [AwsSolutionsChecks, ServerlessChecks]) {
  Aspects.of(stack).add(new Pack({ verbose: true, reports: false, additionalLoggers: [logger] }));
}

app.synth();
rmSync(outdir, { recursive: true, force: true });

const idle = [...expected].filter(acceptance => !used.has(acceptance));
for (const line of [...open].sort()) {
  console.log(line);
}

for (const line of idle.sort()) {
  console.log(`${line}: accepted, but not found`);
}

console.log(`${open.size} findings, ${used.size} accepted with a reason`);
process.exitCode = open.size + idle.length > 0 ? 1 : 0;

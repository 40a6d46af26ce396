"""What AWS's own Python SDK says: signatures, request models, event streams. A JSON task on stdin, a JSON answer on stdout."""

import base64
import binascii
import datetime
import json
import re
import struct
import sys
import urllib.parse

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.eventstream import EventStreamBuffer
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator


def sign(case):
    """The Authorization header of a request at a given time."""
    now = datetime.datetime.strptime(case["time"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now.replace(tzinfo=None) if remove_tzinfo else now
    request = AWSRequest(case["method"], case["url"], data=base64.b64decode(case["body"]))
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    credentials = Credentials(case["accessKey"], case["secretKey"], case["token"])
    botocore.auth.SigV4Auth(credentials, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


def check_request(case):
    """What is wrong with a request by the service's model, and the same request as botocore would make it."""
    model = botocore.session.get_session().get_service_model(case["service"])
    operation = model.operation_model(case["operation"])
    params = json.loads(case["body"])
    template = operation.http.get("requestUri", "/")
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
    path = re.fullmatch(pattern, case["path"])
    if path is None:
        return {"problems": f"{case['path']} is not {template}"}
    params.update({name: urllib.parse.unquote(value) for name, value in path.groupdict().items()})
    problems = ParamValidator().validate(params, operation.input_shape).generate_report()
    if problems:
        return {"problems": problems}
    request = create_serializer(model.metadata["protocol"]).serialize_to_request(params, operation)
    return {
        "problems": "",
        "method": request["method"],
        "path": request["url_path"],
        "headers": dict(request["headers"]),
        "body": json.loads(request["body"]),
    }


HEADER_TYPES = {
    "true": (0, lambda v: b""),
    "false": (1, lambda v: b""),
    "byte": (2, lambda v: struct.pack(">b", v)),
    "short": (3, lambda v: struct.pack(">h", v)),
    "integer": (4, lambda v: struct.pack(">i", v)),
    "long": (5, lambda v: struct.pack(">q", v)),
    "bytes": (6, lambda v: struct.pack(">H", len(v)) + v.encode()),
    "string": (7, lambda v: struct.pack(">H", len(v.encode())) + v.encode()),
    "timestamp": (8, lambda v: struct.pack(">q", v)),
    "uuid": (9, lambda v: bytes.fromhex(v)),
}


def encode(messages):
    """Event stream messages, written here from the format's description."""
    stream = b""
    for message in messages:
        headers = b""
        for name, kind, value in message["headers"]:
            number, write = HEADER_TYPES[kind]
            headers += struct.pack(">B", len(name.encode())) + name.encode() + struct.pack(">B", number) + write(value)
        payload = base64.b64decode(message["payload"])
        prelude = struct.pack(">II", 12 + len(headers) + len(payload) + 4, len(headers))
        whole = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
        stream += whole + struct.pack(">I", binascii.crc32(whole))
    return base64.b64encode(stream).decode()


def parse(stream):
    """Event stream messages as botocore's own parser reads them."""
    buffer = EventStreamBuffer()
    buffer.add_data(base64.b64decode(stream))
    return [{"headers": message.headers, "payload": message.payload.decode()} for message in buffer]


def client(service, endpoint):
    return botocore.session.get_session().create_client(
        service,
        region_name="eu-central-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=True),
    )


def converse(case):
    """One conversation with the SDK's client, plain or as a stream; an error by its code."""
    bedrock = client("bedrock-runtime", case["endpoint"])
    arguments = {"modelId": case["modelId"], "messages": [{"role": "user", "content": [{"text": case["text"]}]}]}
    events = []
    try:
        if not case["stream"]:
            answer = bedrock.converse(**arguments)
            answer.pop("ResponseMetadata")
            return [answer]
        for event in bedrock.converse_stream(**arguments)["stream"]:
            events.append(event)
    except botocore.exceptions.ClientError as error:
        events.append({"error": error.response["Error"]["Code"]})
    return events


def retrieve(case):
    answer = client("bedrock-agent-runtime", case["endpoint"]).retrieve(
        knowledgeBaseId="KB12345678", retrievalQuery={"text": case["text"]}
    )
    return answer["retrievalResults"]


TASKS = {
    "sign": lambda cases: [sign(case) for case in cases],
    "check_requests": lambda cases: [check_request(case) for case in cases],
    "encode": encode,
    "parse": parse,
    "converse": converse,
    "retrieve": retrieve,
}

task = json.load(sys.stdin)
json.dump(TASKS[task["task"]](task["input"]), sys.stdout)

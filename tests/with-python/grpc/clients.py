"""Clients of gRPC that know nothing of Charla: grpcio by reflection, grpc_health, tritonclient."""

import json
import queue
import sys
import traceback

import grpc
import numpy
import tritonclient.grpc as triton
from google.protobuf import descriptor_pool, message_factory
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status
from tritonclient.utils import InferenceServerException

ADDRESS, KEY = sys.argv[1:]
checks = []
channel = grpc.insecure_channel(ADDRESS)
metadata = [("authorization", f"Bearer {KEY}")]


def check(one):
    checks.append(one)
    return one


database = ProtoReflectionDescriptorDatabase(channel)
pool = descriptor_pool.DescriptorPool(database)


def message(name):
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def answer(content, with_key=True, **options):
    call = channel.unary_stream(
        "/charla.v1.Chat/Answer",
        request_serializer=lambda one: one.SerializeToString(),
        response_deserializer=message("charla.v1.Delta").FromString,
    )
    request = message("charla.v1.AnswerRequest")()
    request.messages.add(role="user", content=content)
    return call(request, metadata=metadata if with_key else [], **options)


def failure(call):
    try:
        list(call)
    except grpc.RpcError as error:
        return error
    raise AssertionError("it was answered")


def detail(error, kind):
    for one in rpc_status.from_call(error).details:
        found = kind()
        if one.Unpack(found):
            return found
    raise AssertionError(f"no {kind.__name__}")


@check
def reflection_names_the_services():
    names = set(database.get_services())
    assert {"charla.v1.Chat", "inference.GRPCInferenceService", "grpc.health.v1.Health"} <= names
    service = pool.FindServiceByName("charla.v1.Models")
    assert "Embed" in service.methods_by_name


@check
def a_chat_comes_in_pieces_with_a_receipt():
    deltas = list(answer("¿Qué tal? 🌊"))
    kinds = [one.WhichOneof("delta") for one in deltas]
    assert kinds[0] == "start" and kinds[-1] == "finish" and kinds.count("text") > 1, kinds
    assert "".join(one.text.text for one in deltas) == "You said: ¿Qué tal? 🌊"
    assert deltas[-1].finish.receipt.startswith("rcpt-")


@check
def nobody_is_refused_with_details():
    error = failure(answer("Hi", with_key=False))
    assert error.code() == grpc.StatusCode.UNAUTHENTICATED
    info = detail(error, error_details_pb2.ErrorInfo)
    assert (info.reason, info.domain) == ("NOT_SIGNED_IN", "charla")


@check
def a_wrong_field_is_named():
    call = channel.unary_unary(
        "/charla.v1.Models/Tokenize",
        request_serializer=lambda one: one.SerializeToString(),
        response_deserializer=message("charla.v1.TokenizeReply").FromString,
    )
    request = message("charla.v1.TokenizeRequest")(text="\0")
    try:
        call(request, metadata=metadata)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        violations = detail(error, error_details_pb2.BadRequest).field_violations
        assert violations[0].field == "text"
    else:
        raise AssertionError("it was answered")


@check
def a_deadline_ends_the_answer():
    error = failure(answer("never end", timeout=2))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED


@check
def a_cancelled_answer_is_free_for_the_next():
    for _ in range(3):
        call = answer("never end")
        next(call)
        call.cancel()
        assert failure(call).code() == grpc.StatusCode.CANCELLED
    assert len(list(answer("Hi"))) > 2


@check
def a_large_history_passes_the_window_of_flow_control():
    deltas = list(answer("word " * 15_000))
    assert deltas[-1].WhichOneof("delta") == "finish"


@check
def health_serves_and_is_watched():
    stub = health_pb2_grpc.HealthStub(channel)
    serving = health_pb2.HealthCheckResponse.SERVING
    assert stub.Check(health_pb2.HealthCheckRequest()).status == serving
    watch = stub.Watch(health_pb2.HealthCheckRequest(service="charla.v1.Chat"))
    assert next(watch).status == serving
    watch.cancel()


def inputs(text, stream=False):
    question = triton.InferInput("text_input", [1], "BYTES")
    question.set_data_from_numpy(numpy.array([text.encode()], dtype=numpy.object_))
    flag = triton.InferInput("stream", [1], "BOOL")
    flag.set_data_from_numpy(numpy.array([stream], dtype=bool))
    return [question, flag]


headers = {"authorization": f"Bearer {KEY}"}


@check
def triton_asks_for_a_whole_answer():
    with triton.InferenceServerClient(ADDRESS) as client:
        assert client.is_server_live() and client.is_server_ready()
        assert client.is_model_ready("scripted", headers=headers)
        described = client.get_model_metadata("scripted", headers=headers)
        assert [one.name for one in described.outputs] == ["text_output"]
        result = client.infer("scripted", inputs("hello"), headers=headers)
        assert result.as_numpy("text_output")[0].decode() == "You said: hello"


@check
def triton_streams_one_request_after_the_other():
    with triton.InferenceServerClient(ADDRESS) as client:
        replies = queue.Queue()
        client.start_stream(
            callback=lambda result, error: replies.put((result, error)), headers=headers
        )
        for word in ["one", "two"]:
            client.async_stream_infer(
                "scripted",
                inputs(f"hello {word}", stream=True),
                request_id=word,
                enable_empty_final_response=True,
            )
        texts, ended = {"one": [], "two": []}, 0
        while ended < 2:
            result, error = replies.get(timeout=60)
            assert error is None, error
            response = result.get_response()
            if response.parameters["triton_final_response"].bool_param:
                ended += 1
            else:
                texts[response.id].append(result.as_numpy("text_output")[0].decode())
        assert len(texts["one"]) > 1
        assert "".join(texts["two"]) == "You said: hello two"
        client.async_stream_infer("scripted", inputs("hi")[1:], request_id="wrong")
        result, error = replies.get(timeout=60)
        assert isinstance(error, InferenceServerException) and "text_input" in str(error)
        client.stop_stream()


for one in checks:
    said = None
    try:
        one()
    except BaseException:
        said = traceback.format_exc()
    print(json.dumps({"name": one.__name__, "failure": said}), flush=True)

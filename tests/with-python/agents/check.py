"""
The OpenAI Agents SDK and OpenAI's newest client as their users have them, and the cases of Open Responses'
compliance suite with the schemas of its specification (`openresponses-types`), against a Charla at the
address that is given. The engine behind it calls the tool `weather`, then `pack` if that is offered, and
then says what came of it; `file_search` it calls once.
"""

import asyncio
import io
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from checks import check, run_all  # noqa: E402

BASE = sys.argv[1]
os.environ.update(OPENAI_API_KEY="none", OPENAI_BASE_URL=BASE)
MODEL = "toy"
QUESTION = "What do I wear in Cadiz?"
SOON = {"poll_interval_ms": 20}


def client():
    from openai import OpenAI

    return OpenAI(max_retries=0)


def named(name, text):
    file = io.BytesIO(text.encode())
    file.name = name
    return file


def store_of(*texts):
    stores = client().vector_stores
    store = stores.create(name="Vehicles", metadata={"of": "test"})
    files = [named(f"{name}.txt", text) for name, text in texts]
    batch = stores.file_batches.upload_and_poll(store.id, files=files, **SOON)
    assert batch.status == "completed" and batch.file_counts.completed == len(texts), batch
    return store.id


@check
def a_vector_store_is_filled_searched_and_deleted():
    stores = client().vector_stores
    store = store_of(("boat", "The boat is painted in azul marino."), ("car", "The car is red."))
    file = stores.files.upload_and_poll(
        vector_store_id=store,
        file=named("bicycle.txt", "The bicycle is green."),
        attributes={"wheels": 2},
        **SOON,
    )
    assert file.status == "completed" and file.attributes == {"wheels": 2}, file
    assert stores.retrieve(store).file_counts.total == 3
    assert len(list(stores.files.list(store, limit=2))) == 3
    (text,) = stores.files.content(file.id, vector_store_id=store).data
    assert text.text == "The bicycle is green."
    found = stores.search(store, query="Which colour has the boat?", max_num_results=1).data
    assert [one.filename for one in found] == ["boat.txt"], found
    assert "azul marino" in found[0].content[0].text
    filters = {"type": "gte", "key": "wheels", "value": 2}
    found = stores.search(store, query=["colour", "green"], filters=filters).data
    assert [one.filename for one in found] == ["bicycle.txt"], found
    assert stores.update(store, name="Things").name == "Things"
    for one in list(stores.files.list(store)):
        assert stores.files.delete(one.id, vector_store_id=store).deleted
    assert stores.delete(store).deleted
    assert store not in [one.id for one in stores.list()]


@check
def a_response_searches_in_a_vector_store():
    store = store_of(("boat", "The boat is painted in azul marino."))
    tool = {"type": "file_search", "vector_store_ids": [store], "max_num_results": 3}
    ask = {"model": MODEL, "input": "Which colour has the boat?", "tools": [tool]}
    said = client().responses.create(**ask, include=["file_search_call.results"])
    call, message = said.output
    assert call.type == "file_search_call" and call.queries == ["boat"], call
    assert call.results[0].filename == "boat.txt" and "azul" in call.results[0].text
    (note,) = message.content[0].annotations
    assert note.type == "file_citation" and note.filename == "boat.txt", note
    with client().responses.stream(**ask) as stream:
        kinds = [event.type for event in stream]
        last = stream.get_final_response()
    assert "response.file_search_call.completed" in kinds
    assert last.output_text == said.output_text and last.output[0].results is None


def wardrobe(model):
    from agents import Agent, function_tool

    @function_tool
    def weather(city: str) -> str:
        """Tells the weather of a city."""
        return "sunny in " + city

    @function_tool
    def pack(weather: str) -> str:
        """Says what to wear."""
        return "a hat, since it is " + weather

    return Agent(name="Helper", instructions="Be brief.", model=model, tools=[weather, pack])


def models():
    from agents import OpenAIChatCompletionsModel, OpenAIResponsesModel
    from openai import AsyncOpenAI

    asked = AsyncOpenAI(max_retries=0)
    return {
        "chat": OpenAIChatCompletionsModel(model=MODEL, openai_client=asked),
        "responses": OpenAIResponsesModel(model=MODEL, openai_client=asked),
    }


async def over_several_steps(kind):
    from agents import Runner

    agent = wardrobe(models()[kind])
    first = await Runner.run(agent, QUESTION)
    assert first.final_output == "It is a hat, since it is sunny in Cadiz", first.final_output
    assert len(first.raw_responses) == 3, first.raw_responses
    again = first.to_input_list() + [{"role": "user", "content": "And now?"}]
    second = await Runner.run(agent, again)
    assert second.final_output == first.final_output, second.final_output
    streamed = Runner.run_streamed(agent, QUESTION)
    deltas = [
        event.data.delta
        async for event in streamed.stream_events()
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
    ]
    assert streamed.final_output == "".join(deltas) == first.final_output, deltas


@check
def agents_call_tools_by_chat_completions():
    asyncio.run(over_several_steps("chat"))


@check
def agents_call_tools_by_responses():
    asyncio.run(over_several_steps("responses"))


@check
def agents_go_on_with_a_response_that_was_stored():
    from agents import Runner

    async def run():
        agent = wardrobe(models()["responses"])
        first = await Runner.run(agent, QUESTION)
        last = first.last_response_id
        second = await Runner.run(agent, "And now?", previous_response_id=last)
        assert second.final_output == first.final_output, second.final_output

    asyncio.run(run())


@check
def agents_hand_over_and_fill_forms():
    from agents import Agent, Runner
    from pydantic import BaseModel

    class City(BaseModel):
        name: str

    async def run():
        for model in models().values():
            agent = Agent(name="Filler", model=model, output_type=City)
            filled = await Runner.run(agent, "Which city?")
            assert filled.final_output == City(name="Cadiz"), filled.final_output

    asyncio.run(run())


@check
def agents_search_in_files():
    from agents import Agent, FileSearchTool, Runner

    store = store_of(("boat", "The boat is painted in azul marino."))
    tool = FileSearchTool(vector_store_ids=[store], max_num_results=3, include_search_results=True)

    async def run():
        agent = Agent(name="Reader", model=models()["responses"], tools=[tool])
        said = await Runner.run(agent, "Which colour has the boat?")
        assert "azul marino" in said.final_output, said.final_output
        kinds = [item.raw_item.type for item in said.new_items]
        assert kinds == ["file_search_call", "message"], kinds

    asyncio.run(run())


# Open Responses, its compliance suite: seven cases, each with the schemas of the specification.

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather of a place.",
    "parameters": {
        "type": "object",
        "properties": {"location": {"type": "string"}},
        "required": ["location"],
    },
}


def message(role, content):
    return {"type": "message", "role": role, "content": content}


def posted(**body):
    data = json.dumps({"model": MODEL, **body}).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer none"}
    return urllib.request.urlopen(urllib.request.Request(f"{BASE}/responses", data, headers))


def valid(response, status="completed"):
    from openresponses_types import ResponseResource

    ResponseResource.model_validate(response, strict=False)
    assert response["status"] == status, response
    assert len(response["output"]) > 0, response
    return response


def answered(**body):
    with posted(**body, stream=False) as reply:
        return valid(json.load(reply))


def event_models():
    import openresponses_types.types as types

    models = {}
    for name, model in vars(types).items():
        if not name.endswith("StreamingEvent"):
            continue
        kind = model.model_fields["type"].annotation
        (value,) = [one.value for one in kind]
        models[value] = model
    assert len(models) > 20, models
    return models


def streamed(**body):
    """Every event fits its schema, is named beside, and is numbered; the last is the response."""
    models = event_models()
    events = []
    with posted(**body, stream=True) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        for block in reply.read().decode().split("\n\n"):
            lines = [line.split(": ", 1) for line in block.split("\n") if ": " in line]
            said = dict(lines)
            if "data" not in said or said["data"] == "[DONE]":
                continue
            event = json.loads(said["data"])
            assert said.get("event") == event["type"], block
            models[event["type"]].model_validate(event, strict=False)
            events.append(event)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert events[-1]["type"] == "response.completed", events[-1]
    valid(events[-1]["response"])
    return events


@check
def open_responses_text():
    answered(input=[message("user", "Say hello in three words.")])


@check
def open_responses_stream():
    kinds = [event["type"] for event in streamed(input=[message("user", "Count to five.")])]
    assert "response.output_text.delta" in kinds, kinds


@check
def open_responses_system():
    said = answered(input=[message("system", "Talk like a pirate."), message("user", "Hello.")])
    assert said["output"][-1]["content"][0]["text"] == "You said Hello."


@check
def open_responses_tool():
    said = answered(input=[message("user", "How is it in Cadiz?")], tools=[WEATHER])
    assert "function_call" in [item["type"] for item in said["output"]], said


@check
def open_responses_tool_streamed():
    events = streamed(input=[message("user", "How is it in Cadiz?")], tools=[WEATHER])
    kinds = [event["type"] for event in events]
    for kind in ["delta", "done"]:
        assert f"response.function_call_arguments.{kind}" in kinds, kinds
    for kind in ["added", "done"]:
        items = [e["item"]["type"] for e in events if e["type"] == f"response.output_item.{kind}"]
        assert items == ["function_call"], items


@check
def open_responses_image_is_refused_by_name():
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    content = [
        {"type": "input_text", "text": "What do you see?"},
        {"type": "input_image", "image_url": f"data:image/png;base64,{pixel}"},
    ]
    try:
        posted(input=[message("user", content)])
    except urllib.error.HTTPError as refused:
        assert refused.code == 400, refused.code
        assert "image" in json.load(refused)["error"]["message"]
    else:
        raise AssertionError("a model that sees nothing has looked at an image")


@check
def open_responses_several_turns():
    turns = [
        message("user", "My name is Alice."),
        message("assistant", "Hello Alice!"),
        message("user", "What is my name?"),
    ]
    assert answered(input=turns)["output"][-1]["content"][0]["text"] == "You said What is my name?"


if __name__ == "__main__":
    from agents import set_tracing_disabled

    # Traces would go to OpenAI.
    set_tracing_disabled(True)
    run_all()

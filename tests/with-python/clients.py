"""
Python's clients as their users have them, against a Charla at the address that is given: each check
ends in an assertion of the client's own, and prints one line of JSON with its name and its failure.
The engine behind it calls the tool that it is offered once, and then says what came of it; asked for
JSON it gives a city, and told to think it thinks.
"""

import asyncio
import json
import os
import sys

from checks import check, run_all

BASE = sys.argv[1]
os.environ.update(OPENAI_API_KEY="none", OPENAI_BASE_URL=BASE, LITELLM_LOCAL_MODEL_COST_MAP="True")
MODEL = "toy"
ASK = [{"role": "user", "content": "How is it in Cadiz?"}]


def weather(city: str) -> str:
    """Tells the weather of a city."""
    return "sunny in " + city


TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather of a city.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def client():
    from openai import OpenAI

    return OpenAI(max_retries=0)


def city_type():
    from pydantic import BaseModel

    class City(BaseModel):
        name: str

    return City


def forms(message):
    """An answer as programs send it back."""
    return [message, message.model_dump(), message.to_dict(), message.model_dump(exclude_none=True)]


@check
def openai_sends_an_answer_back():
    first = client().chat.completions.create(model=MODEL, messages=ASK).choices[0].message
    for echo in forms(first):
        again = [*ASK, echo, {"role": "user", "content": "And now?", "name": "Ana"}]
        second = client().chat.completions.create(model=MODEL, messages=again)
        assert "And now?" in second.choices[0].message.content


@check
def openai_streams_tools_over_two_steps():
    with client().chat.completions.stream(model=MODEL, messages=ASK, tools=[TOOL]) as stream:
        called = stream.get_final_completion().choices[0].message
    for echo in forms(called):
        call = called.tool_calls[0]
        result = weather(**json.loads(call.function.arguments))
        answer = {"role": "tool", "tool_call_id": call.id, "name": "weather", "content": result}
        with client().chat.completions.stream(
            model=MODEL, messages=[*ASK, echo, answer], tools=[TOOL]
        ) as stream:
            last = stream.get_final_completion().choices[0].message
        assert last.content == "It is sunny in Cadiz", last


@check
def openai_parses_and_goes_on():
    City = city_type()
    parsed = client().chat.completions.parse(model=MODEL, messages=ASK, response_format=City)
    message = parsed.choices[0].message
    assert message.parsed.name == "Cadiz"
    for echo in forms(message):
        messages = [*ASK, echo, *ASK]
        client().chat.completions.parse(model=MODEL, messages=messages, response_format=City)


@check
def openai_looks_models_up():
    assert client().models.retrieve(MODEL).id == MODEL
    assert MODEL in [model.id for model in client().models.list()]


@check
def openai_goes_on_with_texts():
    def complete(**more):
        return client().completions.create(model=MODEL, **more)

    one = complete(prompt="Once upon", logprobs=1)
    assert one.object == "text_completion" and one.choices[0].text == "You said Once upon"
    assert "".join(one.choices[0].logprobs.tokens) == one.choices[0].text
    two = complete(prompt=["One", "Two"], n=2)
    assert [each.text for each in two.choices] == ["You said One"] * 2 + ["You said Two"] * 2
    assert [each.index for each in two.choices] == [0, 1, 2, 3]
    echoed = complete(prompt="Once", echo=True, max_tokens=2)
    assert echoed.choices[0].text == "OnceYou said" and echoed.choices[0].finish_reason == "length"
    chunks = list(complete(prompt="Once", stream=True, stream_options={"include_usage": True}))
    assert "".join(c.text for chunk in chunks for c in chunk.choices) == "You said Once"
    assert chunks[-1].usage.completion_tokens == 3


@check
def openai_reads_thoughts_and_sends_them_back():
    think = [{"role": "user", "content": "Think: and then?"}]
    said = client().chat.completions.create(model=MODEL, messages=think, reasoning_effort="low")
    message = said.choices[0].message
    assert message.content == "Done." and message.reasoning_content == "They want a thought."
    chunks = client().chat.completions.create(model=MODEL, messages=think, stream=True)
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == "Done."
    thoughts = [getattr(delta, "reasoning_content", None) or "" for delta in deltas]
    assert "".join(thoughts) == "They want a thought."
    for form in forms(message):
        again = [*think, form, {"role": "user", "content": "Thanks"}]
        reply = client().chat.completions.create(model=MODEL, messages=again)
        assert reply.choices[0].message.content == "You said Thanks"


@check
def openai_embeds():
    vectors = client().embeddings.create(model=MODEL, input=["cat", "dog"]).data
    assert len(vectors) == 2 and abs(sum(x * x for x in vectors[0].embedding) - 1) < 1e-6


@check
def langchain_talks_over_several_turns():
    from langchain_core.messages import HumanMessage
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model=MODEL)
    history = [HumanMessage("Hi", name="Ana")]
    history.append(model.invoke(history))
    history.append(HumanMessage("And now?"))
    assert "And now?" in model.invoke(history).content
    assert "And now?" in "".join(chunk.content for chunk in model.stream(history))


@check
def langchain_runs_an_agent_with_a_name():
    from langchain.agents import create_agent
    from langchain_openai import ChatOpenAI

    agent = create_agent(ChatOpenAI(model=MODEL), tools=[weather], name="helper")
    state = agent.invoke({"messages": ASK})
    assert state["messages"][-1].content == "It is sunny in Cadiz"
    messages = [*state["messages"], {"role": "user", "content": "And now?"}]
    state = agent.invoke({"messages": messages})
    assert state["messages"][-1].content == "It is sunny in Cadiz"


@check
def langchain_fills_a_form():
    from langchain_openai import ChatOpenAI

    form = ChatOpenAI(model=MODEL).with_structured_output(city_type())
    assert form.invoke("Which city?").name == "Cadiz"


@check
def langchain_embeds_by_its_defaults():
    import litellm  # brings the table of tokens that would be loaded from elsewhere
    from langchain_openai import OpenAIEmbeddings

    folder = os.path.join(os.path.dirname(litellm.__file__), "litellm_core_utils", "tokenizers")
    os.environ["TIKTOKEN_CACHE_DIR"] = folder
    vectors = OpenAIEmbeddings(model=MODEL).embed_documents(["cat", "dog"])
    assert len(vectors) == 2


@check
def litellm_completes_and_goes_on():
    import litellm

    ask = {"model": "openai/" + MODEL, "api_base": BASE, "api_key": "none"}
    first = litellm.completion(messages=ASK, tools=[TOOL], metadata={"project": "x"}, **ask)
    called = first.choices[0].message
    result = {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": "sunny"}
    for echo in [called, called.model_dump()]:
        second = litellm.completion(messages=[*ASK, echo, result], tools=[TOOL], **ask)
        assert second.choices[0].message.content == "It is sunny"
    third = [*ASK, second.choices[0].message.model_dump(), *ASK]
    assert litellm.completion(messages=third, **ask).choices[0].message.content


@check
def instructor_fills_a_form():
    import instructor

    for mode in [instructor.Mode.TOOLS, instructor.Mode.JSON, instructor.Mode.JSON_SCHEMA]:
        made = instructor.from_openai(client(), mode=mode)
        create = made.chat.completions.create
        assert create(model=MODEL, messages=ASK, response_model=city_type()).name == "Cadiz"


@check
def pydantic_ai_runs_an_agent():
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel

    agent = Agent(OpenAIChatModel(MODEL), tools=[weather], system_prompt="Be brief.")

    async def talk():
        first = await agent.run("How is it in Cadiz?")
        assert first.output == "It is sunny in Cadiz", first.output
        second = await agent.run("And now?", message_history=first.all_messages())
        assert second.output == "It is sunny in Cadiz", second.output

    asyncio.run(talk())


@check
def pydantic_ai_fills_a_form():
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel

    agent = Agent(OpenAIChatModel(MODEL), output_type=city_type())
    assert asyncio.run(agent.run("Which city?")).output.name == "Cadiz"


@check
def openai_responses_go_on_by_their_id():
    first = client().responses.create(model=MODEL, input="Good day")
    assert first.output_text == "You said Good day", first
    again = client().responses.create(model=MODEL, input="And now?", previous_response_id=first.id)
    assert "And now?" in again.output_text
    assert client().responses.retrieve(first.id).output_text == first.output_text


@check
def openai_responses_call_a_tool_over_a_stream():
    function = {"type": "function", **{k: v for k, v in TOOL["function"].items()}}
    items = list(ASK)
    with client().responses.stream(model=MODEL, input=items, tools=[function], store=False) as stream:
        called = stream.get_final_response()
    (call,) = [item for item in called.output if item.type == "function_call"]
    items += called.output
    result = weather(**json.loads(call.arguments))
    items.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
    last = client().responses.create(model=MODEL, input=items, tools=[function], store=False)
    assert last.output_text == "It is sunny in Cadiz", last


@check
def anthropic_talks_streams_and_counts():
    messages = [{"role": "user", "content": "Good day"}]
    ask = {"model": MODEL, "max_tokens": 50, "messages": messages}
    assert claude().messages.create(**ask).content[0].text == "You said Good day"
    with claude().messages.stream(**ask) as stream:
        assert "".join(stream.text_stream) == "You said Good day"
        assert stream.get_final_message().stop_reason == "end_turn"
    assert claude().messages.count_tokens(model=MODEL, messages=messages).input_tokens > 0


@check
def anthropic_calls_a_tool():
    schema = TOOL["function"]["parameters"]
    tool = {"name": "weather", "description": "Tells the weather.", "input_schema": schema}
    messages = list(ASK)
    ask = {"model": MODEL, "max_tokens": 50, "tools": [tool]}
    called = claude().messages.create(**ask, messages=messages)
    assert called.stop_reason == "tool_use", called
    (use,) = [block for block in called.content if block.type == "tool_use"]
    result = {"type": "tool_result", "tool_use_id": use.id, "content": weather(**use.input)}
    messages += [
        {"role": "assistant", "content": called.content},
        {"role": "user", "content": [result]},
    ]
    last = claude().messages.create(**ask, messages=messages)
    assert last.content[0].text == "It is sunny in Cadiz", last


def claude():
    from anthropic import Anthropic

    return Anthropic(base_url=BASE.removesuffix("/v1"), auth_token="none", max_retries=0)


if __name__ == "__main__":
    run_all()

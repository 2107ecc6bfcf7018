using System.Text;
using System.Text.Json;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>A provider's protocol as it stands on the wire.</summary>
internal abstract class WireFormat
{
    /// <summary>By the names that theories use.</summary>
    public static WireFormat Named(string name) => name switch
    {
        "chat" => new OpenAiChatWire(),
        "responses" => new OpenAiResponsesWire(),
        _ => new AnthropicWire(),
    };

    /// <summary>A model of that protocol for <see cref="Settings"/>.</summary>
    public abstract string Model { get; }

    /// <summary>Settings that lead to a server.</summary>
    public abstract Dictionary<string, string> Settings(WireServer server, string key);

    /// <summary>A whole streamed answer: 100 tokens in, 20 out, of them 7 of reasoning.</summary>
    public WireAnswer Answer(string text = "the answer", string? reasoning = "the thought", string finish = "stop", bool usage = true, int chunkSize = 7) =>
        Stream(Events(text, reasoning, finish, usage), chunkSize);

    /// <summary>A refusal.</summary>
    public abstract WireAnswer Error(int status, string code, string message);

    /// <summary>Events of an answer, one text each.</summary>
    public abstract IReadOnlyList<string> Events(string text, string? reasoning, string finish, bool usage);

    /// <summary>An event that says that something went wrong in the middle.</summary>
    public abstract string ErrorEvent(string code, string message);

    /// <summary>A list of models.</summary>
    public abstract WireAnswer Models(params string[] names);

    /// <summary>Events as a stream.</summary>
    public static WireAnswer Stream(IEnumerable<string> events, int chunkSize = 7, WireEnd end = WireEnd.Complete) =>
        new(200, string.Concat(events)) { ContentType = "text/event-stream", ChunkSize = chunkSize, End = end };

    protected static string Json(string text) => JsonSerializer.Serialize(text);

    /// <summary>Pieces as models send them: no character is in two.</summary>
    protected static IEnumerable<string> Pieces(string text) => text.EnumerateRunes().Chunk(5).Select(runes => string.Concat(runes));

    private sealed class OpenAiChatWire : WireFormat
    {
        public override string Model => "compatible:box/m";

        public override Dictionary<string, string> Settings(WireServer server, string key) => new()
        {
            ["KERNELFORGE_COMPATIBLE__BOX__BASE_ADDRESS"] = server.Address.ToString(),
            ["KERNELFORGE_COMPATIBLE__BOX__API_KEY"] = key,
        };

        public override WireAnswer Error(int status, string code, string message) =>
            new(status, $$$$"""{"error":{"message":{{{{Json(message)}}}},"type":"invalid_request_error","param":null,"code":{{{{Json(code)}}}}}}""");

        public override IReadOnlyList<string> Events(string text, string? reasoning, string finish, bool usage)
        {
            List<string> events = [Chunk("""{"role":"assistant","content":""}""", null)];
            events.AddRange(Pieces(reasoning ?? "").Select(piece => Chunk($$"""{"reasoning_content":{{Json(piece)}}}""", null)));
            events.AddRange(Pieces(text).Select(piece => Chunk($$"""{"content":{{Json(piece)}}}""", null)));
            events.Add(Chunk("{}", finish));
            if (usage)
            {
                events.Add("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m-2\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,"
                    + "\"total_tokens\":120,\"prompt_tokens_details\":{\"cached_tokens\":40},\"completion_tokens_details\":{\"reasoning_tokens\":7}}}\n\n");
            }

            events.Add("data: [DONE]\n\n");
            return events;
        }

        public override string ErrorEvent(string code, string message) => $$$$"""data: {"error":{"message":{{{{Json(message)}}}},"code":{{{{Json(code)}}}}}}""" + "\n\n";

        public override WireAnswer Models(params string[] names) =>
            new(200, $$"""{"object":"list","data":[{{string.Join(',', names.Select(name => $$"""{"id":{{Json(name)}},"object":"model","created":1,"owned_by":"x"}"""))}}]}""");

        private static string Chunk(string delta, string? finish) =>
            $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-2","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(finish is null ? "null" : Json(finish))}}}]}""" + "\n\n";
    }

    private sealed class OpenAiResponsesWire : WireFormat
    {
        public override string Model => "openai:m";

        public override Dictionary<string, string> Settings(WireServer server, string key) => new()
        {
            ["KERNELFORGE_OPENAI__BASE_ADDRESS"] = server.Address.ToString(),
            ["OPENAI_API_KEY"] = key,
        };

        public override WireAnswer Error(int status, string code, string message) =>
            new(status, $$$$"""{"error":{"message":{{{{Json(message)}}}},"type":"invalid_request_error","param":null,"code":{{{{Json(code)}}}}}}""");

        public override IReadOnlyList<string> Events(string text, string? reasoning, string finish, bool usage)
        {
            List<string> events =
            [
                Event("response.created", $$"""{"response":{{Response("in_progress", "[]", "null", "null")}}}"""),
                Event("response.in_progress", $$"""{"response":{{Response("in_progress", "[]", "null", "null")}}}"""),
            ];
            events.AddRange(Pieces(reasoning ?? "").Select(piece => Event("response.reasoning_summary_text.delta", $$"""{"item_id":"rs_1","output_index":0,"summary_index":0,"delta":{{Json(piece)}}}""")));
            events.AddRange(finish == "refusal"
                ? Pieces(text).Select(piece => Event("response.refusal.delta", $$"""{"item_id":"msg_1","output_index":1,"content_index":0,"delta":{{Json(piece)}}}"""))
                : Pieces(text).Select(piece => Event("response.output_text.delta", $$"""{"item_id":"msg_1","output_index":1,"content_index":0,"delta":{{Json(piece)}},"logprobs":[]}""")));
            var (kind, reason) = finish switch
            {
                "length" => ("response.incomplete", """{"reason":"max_output_tokens"}"""),
                "content_filter" => ("response.incomplete", """{"reason":"content_filter"}"""),
                _ => ("response.completed", "null"),
            };
            var used = usage ? """{"input_tokens":100,"input_tokens_details":{"cached_tokens":40},"output_tokens":20,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":120}""" : "null";
            events.Add(Event(kind, $$"""{"response":{{Response(kind[9..], "[]", reason, used)}}}"""));
            return events;
        }

        public override string ErrorEvent(string code, string message) => Event("error", $$"""{"code":{{Json(code)}},"message":{{Json(message)}},"param":null}""");

        public override WireAnswer Models(params string[] names) => new OpenAiChatWire().Models(names);

        private static string Event(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":0,{members[1..]}\n\n";

        private static string Response(string status, string output, string incomplete, string usage) =>
            $$$$"""{"id":"resp_1","object":"response","created_at":1700000000,"status":"{{{{status}}}}","error":null,"incomplete_details":{{{{incomplete}}}},"instructions":null,"max_output_tokens":null,"model":"m-2","output":{{{{output}}}},"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":"medium","summary":null},"store":false,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":{{{{usage}}}},"user":null,"metadata":{}}""";
    }

    private sealed class AnthropicWire : WireFormat
    {
        public override string Model => "anthropic:m";

        public override Dictionary<string, string> Settings(WireServer server, string key) => new()
        {
            ["KERNELFORGE_ANTHROPIC__BASE_ADDRESS"] = new Uri(server.Address, "/").ToString(),
            ["ANTHROPIC_API_KEY"] = key,
        };

        public override WireAnswer Error(int status, string code, string message) =>
            new(status, $$"""{"type":"error","error":{"type":{{Json(code)}},"message":{{Json(message)}}},"request_id":"req_1"}""");

        public override IReadOnlyList<string> Events(string text, string? reasoning, string finish, bool usage)
        {
            var start = usage ? """{"input_tokens":50,"cache_creation_input_tokens":10,"cache_read_input_tokens":40,"output_tokens":1}""" : """{"input_tokens":0,"output_tokens":0}""";
            List<string> events =
            [
                Event("message_start", $$$$"""{"message":{"id":"msg_1","type":"message","role":"assistant","model":"m-2","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{{{start}}}}}}"""),
                Event("ping", "{}"),
            ];
            var index = 0;
            if (reasoning is not null)
            {
                events.Add(Event("content_block_start", """{"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"""));
                events.AddRange(Pieces(reasoning).Select(piece => Event("content_block_delta", $$$$"""{"index":0,"delta":{"type":"thinking_delta","thinking":{{{{Json(piece)}}}}}}""")));
                events.Add(Event("content_block_delta", """{"index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"""));
                events.Add(Event("content_block_stop", """{"index":0}"""));
                index = 1;
            }

            events.Add(Event("content_block_start", $$$$"""{"index":{{{{index}}}},"content_block":{"type":"text","text":""}}"""));
            events.AddRange(Pieces(text).Select(piece => Event("content_block_delta", $$$$"""{"index":{{{{index}}}},"delta":{"type":"text_delta","text":{{{{Json(piece)}}}}}}""")));
            events.Add(Event("content_block_stop", $$"""{"index":{{index}}}"""));
            var reason = finish switch { "length" => "max_tokens", "content_filter" or "refusal" => "refusal", _ => "end_turn" };
            var end = usage ? ""","usage":{"output_tokens":20,"output_tokens_details":{"thinking_tokens":7}}""" : "";
            events.Add(Event("message_delta", $$"""{"delta":{"stop_reason":"{{reason}}","stop_sequence":null}{{end}}}"""));
            events.Add(Event("message_stop", "{}"));
            return events;
        }

        public override string ErrorEvent(string code, string message) => Event("error", $$$$"""{"error":{"type":{{{{Json(code)}}}},"message":{{{{Json(message)}}}}}}""");

        public override WireAnswer Models(params string[] names) => new(200, new StringBuilder("{\"data\":[")
            .AppendJoin(',', names.Select(name => $$"""{"type":"model","id":{{Json(name)}},"display_name":"x","created_at":"2026-01-01T00:00:00Z"}"""))
            .Append("],\"has_more\":false,\"first_id\":null,\"last_id\":null}").ToString());

        private static string Event(string type, string members) =>
            $"event: {type}\ndata: {{\"type\":\"{type}\"{(members == "{}" ? "}" : "," + members[1..])}\n\n";
    }
}

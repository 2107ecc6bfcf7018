using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace KernelForge.Api.Tests.Features.Submissions;

/// <summary>Bad input of issue 3: each is told what was expected, and nothing is stored.</summary>
public sealed class BadSubmissionTests(RestService rest) : IClassFixture<RestService>
{
    private const string Path = "/api/v1/submissions";

    [Theory]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    [InlineData("{", "the body is not JSON")]
    [InlineData("[]", "expected a JSON object; it may have task, code, platform, device, preset")]
    [InlineData("""{"task":"activation/gelu"}""", "expected code, found nothing of that name")]
    [InlineData("""{"task":"activation/gelu","code":null}""", "code: expected a text, found null")]
    [InlineData("""{"task":"activation/gelu","code":7}""", "code: expected a text, found a number")]
    [InlineData("""{"task":["activation/gelu"],"code":"x"}""", "task: expected a text, found a list")]
    [InlineData("""{"task":"activation/gelu","code":"x","coed":"y"}""", "'coed' is no member of this body; it may have task, code")]
    [InlineData("""{"task":"activation/gelu","code":"x","code":"y"}""", "code: it is given twice")]
    [InlineData("""{"Task":"activation/gelu","code":"x"}""", "Task")]
    [InlineData("""{"task":"activation/gelu","code":"x"} trailing""", "the body is not JSON")]
    [InlineData("""{"task":"activation/gelu","code":"x\u0000y"}""", "NUL")]
    [InlineData("""{"task":"activation/gelu","code":"x\ud800y"}""", "surrogate")]
    [InlineData("""{"task":"activation/gelu","code":""}""", "code: expected")]
    [InlineData("""{"task":"activation/gelu","code":" \n"}""", "code: expected")]
    [InlineData("""{"task":"activation/gelo","code":"x"}""", "did you mean activation/gelu")]
    [InlineData("""{"task":"activation/gelu\u0000","code":"x"}""", "task: expected")]
    [InlineData("""{"task":"","code":"x"}""", "task: expected")]
    [InlineData("""{"task":"kernelbench:L9/99","code":"x"}""", "kernelbench:L9/99")]
    [InlineData("""{"task":"../../etc/passwd","code":"x"}""", "there is no task")]
    [InlineData("""{"task":"activation/gelu","code":"x","platform":"cuda"}""", "platform: expected sim")]
    [InlineData("""{"task":"activation/gelu","code":"x","device":"\u0007"}""", "device")]
    [InlineData("""{"task":"activation/gelu","code":"x","preset":"tiny"}""", "preset: expected one of")]
    public async Task A_bad_body_is_told_what_is_wrong(string body, string named)
    {
        using var response = await rest.PostAsync(Path, body);

        var problem = await RestService.ProblemAsync(response, 400);
        Assert.Contains(named, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, await rest.CountAsync("submissions"));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused()
    {
        using ByteArrayContent content = new([.. """{"task":"activation/gelu","code":"a"""u8, 0xff, 0xfe, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await rest.Http.PostAsync(Path, content, TestContext.Current.CancellationToken);

        await RestService.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task A_deeply_nested_body_is_refused()
    {
        using var response = await rest.PostAsync(Path, $$"""{"task":{{new string('[', 5000)}}""");

        await RestService.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task Code_above_a_mebibyte_is_refused_with_its_limit()
    {
        using var response = await rest.PostAsync(Path, new JsonObject { ["task"] = "activation/gelu", ["code"] = new string('x', (1024 * 1024) + 1) }.ToJsonString());

        var problem = await RestService.ProblemAsync(response, 413);
        Assert.Contains("1048576", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("code", problem["field"]!.GetValue<string>());
        Assert.Equal(0, await rest.CountAsync("solutions"));
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_with_the_limit()
    {
        using var response = await rest.PostAsync(Path, new JsonObject { ["task"] = "activation/gelu", ["code"] = new string('x', 3 * 1024 * 1024) }.ToJsonString());

        var problem = await RestService.ProblemAsync(response, 413);
        Assert.Contains("2097152", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_never_comes_whole_stores_nothing()
    {
        using TcpClient client = new();
        await client.ConnectAsync(rest.Http.BaseAddress!.Host, rest.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"POST {Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"task\":\"activation/gelu\","), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Both);

        Assert.Equal(0, await rest.CountAsync("submissions"));
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        using StringContent form = new("task=activation%2Fgelu&code=x", Encoding.UTF8, "application/x-www-form-urlencoded");

        using var response = await rest.Http.PostAsync(Path, form, TestContext.Current.CancellationToken);

        await RestService.ProblemAsync(response, 415);
    }

    [Theory]
    [InlineData("/api/v1/submissions/not-an-id")]
    [InlineData("/api/v1/submissions/00000000-0000-0000-0000-000000000001")]
    [InlineData("/api/v1/submissions/00000000-0000-0000-0000-000000000001/events")]
    [InlineData("/api/v1/runs/00000000-0000-0000-0000-000000000001")]
    [InlineData("/api/v1/runs/00000000-0000-0000-0000-000000000001/events")]
    [InlineData("/api/v1/nothing/here")]
    [InlineData("/api/v2/submissions")]
    public async Task What_is_not_there_is_a_404_with_a_problem(string path)
    {
        using var response = await rest.Http.GetAsync(path, TestContext.Current.CancellationToken);

        await RestService.ProblemAsync(response, 404);
    }

    [Fact]
    public async Task A_method_that_an_address_does_not_have_is_a_405_with_a_problem()
    {
        using var response = await rest.Http.DeleteAsync("/api/v1/workers", TestContext.Current.CancellationToken);

        await RestService.ProblemAsync(response, (int)HttpStatusCode.MethodNotAllowed);
    }
}

namespace KernelForge.Api.Tests.Features.Tasks;

/// <summary>A service over a small suite of its own, with imported tasks in its data folder.</summary>
public sealed class ImportedService(ServiceFixture fixture) : IAsyncLifetime
{
    private const string Source = "class Model: pass\ndef get_inputs(): return []\ndef get_init_inputs(): return []\n";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelforge-imported-");
    private Service? _service;

    /// <summary>Asks the service.</summary>
    public HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Add("bench-tasks/activation/gelu.py", Source + "# ours\n");
        Add("bench-tasks/matmul/square.py", Source + "# square\n");
        Add("bench-tasks/reduce/sum.py", Source + "# sum\n");
        Add("bench-tasks/index.json", """
            [
              { "name": "activation/gelu", "origin": "kernelbench", "kernelbench": "L1/26", "difficulty": "easy" },
              { "name": "matmul/square", "origin": "kernelforge", "difficulty": "hard" }
            ]
            """);
        Add("bench-tasks/audit.json", $"[\n{Audit("activation/gelu", "# ours", ranked: true)},\n{Audit("matmul/square", "# square", ranked: false)}\n]\n");
        Add("bench-tasks/speed-of-light.json", $"[\n{Cost("activation/gelu", "# ours", "float32")},\n{Cost("matmul/square", "# square", "tf32")}\n]\n");
        Add("home/tasks/imported/level1/26_GELU_.py", Source + "# theirs\n");
        Add("home/tasks/imported/level3/9_Net.py", Source + "# net\n");
        Add("home/tasks/imported/level3/9_Net_OLD.py", Source + "# net\n");
        var settings = fixture.Settings(await fixture.NewDatabaseAsync(), workers: 0) with { Root = _folder.FullName, Home = Path.Combine(_folder.FullName, "home") };
        _service = await Service.StartAsync(settings, CancellationToken.None);
        Http.BaseAddress = new Uri(_service.Addresses[0]);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private void Add(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Audit(string name, string mark, bool ranked) =>
        $$"""{"name":"{{name}}","sha256":"{{Rows.Hash($"{Source}{mark}\n")}}","version":1,"ranked":{{(ranked ? "true" : "false")}},"size":"whole","evidence":[]}""";

    private static string Cost(string name, string mark, string precision) =>
        $$"""
        {"name":"{{name}}","sha256":"{{Rows.Hash($"{Source}{mark}\n")}}","inputs":[],"outputs":[],"parameters":0,"cost":{"device":"H200","speed_of_light_ms":1,"limiter":"bandwidth","torch_eager_modelled_ms":2,"compulsory_bytes":8,"bytes_by_tensor":{},"operations":1,"precision":"{{precision}}","operators":[]} }
        """;
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace KernelForge.Api.Rest;

/// <summary>What is wrong with a body, in words of the request: the reader's own speak of .NET types.</summary>
internal static partial class BodyProblem
{
    /// <summary>The sentence, and the member to blame; null: the whole body.</summary>
    /// <param name="error">The reader's.</param>
    /// <param name="body">Members of the body asked for; null where the address does not say.</param>
    public static (string Detail, string? Field) Of(JsonException error, JsonTypeInfo? body)
    {
        var field = error.Path is { Length: > 2 } path ? path[2..] : null;
        var member = field is null ? null : body?.Properties.FirstOrDefault(property => property.Name == field.Split('.', '[')[0]);
        if (Unmapped().Match(error.Message) is { Success: true } unmapped)
        {
            var name = unmapped.Groups["name"].Value;
            return ($"'{name}' is no member of {(field is null || field == name ? "this body" : field[..^(name.Length + 1)])}{Known(field == name ? body : null)}", field ?? name);
        }

        if (Missing().Match(error.Message) is { Success: true } missing)
        {
            return ($"expected {missing.Groups["names"].Value.Replace("'", "", StringComparison.Ordinal)}, found nothing of that name", null);
        }

        if (error.Message.Contains("doesn't allow null values", StringComparison.Ordinal))
        {
            return ($"{field}: expected {Expected(member?.PropertyType)}, found null", field);
        }

        if (error.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
        {
            return ($"{field}: it is given twice; keep one", field);
        }

        if (error.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
        {
            if (error.InnerException is InvalidOperationException { Message: var why } && !TokenType().IsMatch(why))
            {
                return ($"{field}: {why}", field);
            }

            var found = TokenType().Match(error.InnerException?.Message ?? "") is { Success: true } token ? $", found {Found(token.Groups["type"].Value)}" : "";
            return (field is null
                ? $"expected a JSON object{Known(body)}"
                : $"{field}: expected {(field.AsSpan().ContainsAny('.', '[') ? "another form" : Expected(member?.PropertyType))}{found} (line {error.LineNumber + 1}, byte {error.BytePositionInLine}); /openapi/v1.json describes it", field);
        }

        var message = error.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0];
        return ($"the body is not JSON: {message} (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})", field);
    }

    private static string Known(JsonTypeInfo? body) => body is { Kind: JsonTypeInfoKind.Object, Properties.Count: > 0 }
        ? $"; it may have {string.Join(", ", body.Properties.Select(property => property.Name))}"
        : "; /openapi/v1.json lists what it may have";

    private static string Expected(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "another form",
            _ when type == typeof(string) => "a text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) || type == typeof(decimal) => "a number",
            _ when type == typeof(Guid) => "an id",
            _ when type.IsArray || typeof(System.Collections.IEnumerable).IsAssignableFrom(type) => "a list",
            _ => "an object",
        };
    }

    private static string Found(string token) => token switch
    {
        "String" => "a text",
        "Number" => "a number",
        "True" or "False" => "true or false",
        "StartArray" => "a list",
        "StartObject" => "an object",
        _ => "null",
    };

    [GeneratedRegex("^The JSON property '(?<name>[^']*)' could not be mapped", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (?<names>.*?)\\.?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex("token type '(?<type>[A-Za-z]+)'", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenType();
}

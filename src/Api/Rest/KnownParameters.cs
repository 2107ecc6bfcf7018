namespace KernelForge.Api.Rest;

/// <summary>Refuses parameters that an address does not have: <c>?devise=H200</c> would otherwise silently show everything.</summary>
internal static class KnownParameters
{
    /// <summary>Checks every request of a group.</summary>
    public static RouteGroupBuilder RefuseUnknownParameters(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory((context, next) =>
        {
            var known = context.MethodInfo.GetParameters()
                .Where(parameter => parameter.ParameterType == typeof(string) || parameter.ParameterType.IsPrimitive || Nullable.GetUnderlyingType(parameter.ParameterType) is not null)
                .Where(parameter => parameter.CustomAttributes.All(attribute => attribute.AttributeType != typeof(Microsoft.AspNetCore.Mvc.FromHeaderAttribute)))
                .Select(parameter => parameter.Name!)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            return invocation =>
            {
                foreach (var (name, values) in invocation.HttpContext.Request.Query)
                {
                    if (!known.Contains(name))
                    {
                        throw RefusedException.Bad(name, $"there is no such parameter here; known: {(known.Count == 0 ? "none" : string.Join(", ", known.Order(StringComparer.Ordinal)))}");
                    }

                    if (values.Any(value => value is not null && value.Contains('\0')))
                    {
                        throw RefusedException.Bad(name, "expected text, found a NUL character");
                    }
                }

                return next(invocation);
            };
        });
        return group;
    }
}

using System.Globalization;
using System.Text;

namespace KernelForge.Agents.Chat.Providers;

/// <summary>
/// Below every provider's client library: turns refusals into <see cref="ChatFailureException"/>s before the library has its own way with
/// them, and notices a server that says nothing for too long, before its answer or in the middle of it.
/// </summary>
internal sealed class ProviderHandler(ProviderEndpoint endpoint, string model, HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const int LongestBody = 64 << 10;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await IdleStream.WithinAsync(token => new ValueTask<HttpResponseMessage>(base.SendAsync(request, token)), endpoint.IdleTimeout, cancellationToken);
        try
        {
            var stream = new IdleStream(await response.Content.ReadAsStreamAsync(cancellationToken), endpoint.IdleTimeout);
            if (!response.IsSuccessStatusCode)
            {
                var wait = ProviderRefusal.RetryAfter(response.Headers, time.GetUtcNow());
                throw ProviderRefusal.Of(endpoint, model, (int)response.StatusCode, await ReadAsync(stream, cancellationToken), wait);
            }

            StreamContent content = new(stream);
            foreach (var header in response.Content.Headers)
            {
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }

            response.Content = content;
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestBody];
        try
        {
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or HttpRequestException)
        {
            // The status says enough.
            return "";
        }
    }

    /// <summary>A stream whose every read must end within a time.</summary>
    private sealed class IdleStream(Stream inner, TimeSpan limit) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Does something within a time.</summary>
        /// <exception cref="TimeoutException">It took longer.</exception>
        public static async ValueTask<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> work, TimeSpan limit, CancellationToken cancellationToken)
        {
            using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            clock.CancelAfter(limit);
            try
            {
                return await work(clock.Token);
            }
            catch (Exception exception) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested && exception is OperationCanceledException or IOException or HttpRequestException)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"nothing came for {limit.TotalSeconds:0.##} s"), exception);
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            WithinAsync(token => inner.ReadAsync(buffer, token), limit, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

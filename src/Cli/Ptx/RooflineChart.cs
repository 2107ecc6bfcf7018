using System.Globalization;
using System.Text;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary>The roofline with the launch in it, as an SVG drawing with logarithmic axes.</summary>
internal static class RooflineChart
{
    private const double Left = 56;
    private const double Top = 12;
    private const double Width = 420;
    private const double Height = 250;

    /// <summary>Writes it; nothing where there is no time.</summary>
    public static void Write(StringBuilder page, PtxLaunchReport launch)
    {
        if (launch.Estimate?.Roofline is not { } roof)
        {
            return;
        }

        var intensity = roof.Bytes > 0 ? roof.Operations / roof.Bytes : 0;
        page.Append("<h2>Roofline</h2>\n");
        if (intensity <= 0 || roof.OperationsPerSecond <= 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{(roof.Bytes > 0 ? "The kernel does no floating-point arithmetic" : "The kernel moves nothing from or to DRAM")}: {RunView.Rate(roof.BytesPerSecond, "B/s")} of {RunView.Rate(roof.PeakBytesPerSecond, "B/s")}, {RunView.Rate(roof.OperationsPerSecond, "op/s")} of {RunView.Rate(roof.PeakOperationsPerSecond, "op/s")} ({WebName(roof)}).</p>\n");
            return;
        }

        var ridge = roof.PeakOperationsPerSecond / roof.PeakBytesPerSecond;
        var fromX = Math.Floor(Math.Log10(Math.Min(intensity, ridge) / 4));
        var toX = Math.Ceiling(Math.Log10(Math.Max(intensity, ridge) * 4));
        var toY = Math.Ceiling(Math.Log10(roof.PeakOperationsPerSecond * 1.5));
        var fromY = Math.Floor(Math.Log10(Math.Min(roof.OperationsPerSecond, Math.Pow(10, fromX) * roof.PeakBytesPerSecond) / 2));
        double X(double value) => Left + ((Math.Log10(value) - fromX) / (toX - fromX) * Width);
        double Y(double value) => Top + Height - ((Math.Log10(value) - fromY) / (toY - fromY) * Height);
        var limit = Math.Min(roof.PeakOperationsPerSecond, intensity * roof.PeakBytesPerSecond);
        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Left + Width + 20:0} {Top + Height + 46:0}\" role=\"img\" aria-label=\"Roofline: {RunView.Rate(roof.OperationsPerSecond, "op/s")} at {intensity:G3} operations a byte, {roof.OperationsPerSecond / limit:P0} of the roof\">\n");
        for (var power = fromX; power <= toX; power++)
        {
            var x = X(Math.Pow(10, power));
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{x:0.#}\" y1=\"{Top:0.#}\" x2=\"{x:0.#}\" y2=\"{Top + Height:0.#}\"/><text x=\"{x:0.#}\" y=\"{Top + Height + 16:0.#}\" text-anchor=\"middle\">{Math.Pow(10, power):G4}</text>\n");
        }

        for (var power = fromY; power <= toY; power++)
        {
            var y = Y(Math.Pow(10, power));
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left:0.#}\" y1=\"{y:0.#}\" x2=\"{Left + Width:0.#}\" y2=\"{y:0.#}\"/><text x=\"{Left - 6:0.#}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{RunView.Rate(Math.Pow(10, power), "")}</text>\n");
        }

        var start = Math.Pow(10, fromX);
        page.Append(CultureInfo.InvariantCulture, $"<polyline class=\"roof\" points=\"{X(start):0.#},{Y(start * roof.PeakBytesPerSecond):0.#} {X(ridge):0.#},{Y(roof.PeakOperationsPerSecond):0.#} {X(Math.Pow(10, toX)):0.#},{Y(roof.PeakOperationsPerSecond):0.#}\"/>\n");
        page.Append(CultureInfo.InvariantCulture, $"<circle class=\"point\" cx=\"{X(intensity):0.#}\" cy=\"{Y(roof.OperationsPerSecond):0.#}\" r=\"6\"/>\n<text x=\"{Left + (Width / 2):0.#}\" y=\"{Top + Height + 36:0.#}\" text-anchor=\"middle\">operations a DRAM byte</text>\n</svg>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p>{RunView.Rate(roof.OperationsPerSecond, "op/s")} ({WebName(roof)}) at {intensity:G3} operations a byte: {roof.OperationsPerSecond / limit * 100:0} % of the roof there, which {(intensity < ridge ? "DRAM bandwidth" : "arithmetic")} sets.</p>\n");
    }

    private static string WebName(PtxRoofline roof) => roof.Precision == "float16" ? "tensor cores, as float16" : roof.Precision;
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

namespace Inference.Benchmarks.Peers;

/// <summary>Horizontal bars of ratios on a logarithmic axis, as SVG that is readable on light and dark pages.</summary>
internal static class RatioChart
{
    private const int Width = 860;
    private const int Left = 210;
    private const int Right = 60;
    private const int BarHeight = 14;
    private const int Step = 20;
    private const int GroupGap = 10;
    private const int PanelHead = 58;

    private static readonly int[] Ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    /// <summary>Draws panels below each other, with one axis.</summary>
    public static string Draw(string title, string subtitle, IReadOnlyList<ChartPanel> panels)
    {
        double most = panels.SelectMany(panel => panel.Bars).Max(bar => bar.Ratio);
        int end = Ticks.FirstOrDefault(tick => tick >= most, Ticks[^1]);
        StringBuilder body = new();
        int y = 56;
        foreach (ChartPanel panel in panels)
        {
            y = DrawPanel(body, panel, y, end);
        }

        string summary = string.Join("; ", panels.SelectMany(panel => panel.Bars.Where(bar => bar.IsMean).Select(bar => Invariant($"{panel.Title}: {bar.Label} {bar.Ratio:F1}"))));
        return Invariant(
            $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{y}}" width="{{Width}}" height="{{y}}" role="img" aria-labelledby="title summary" font-family="system-ui, sans-serif" font-size="12">
            <title id="title">{{Escape(title)}}</title>
            <desc id="summary">{{Escape(summary)}}</desc>
            <style>
            text { fill: #1f2328; } .quiet { fill: #59636e; } .grid { stroke: #d1d9e0; } .XGBoost { fill: #0969da; } .LightGBM { fill: #1a7f37; } .ONNX { fill: #9a6700; }
            .model { fill-opacity: 0.6; } .strong { font-weight: 600; }
            @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .quiet { fill: #9198a1; } .grid { stroke: #3d444d; } .XGBoost { fill: #4493f8; } .LightGBM { fill: #3fb950; } .ONNX { fill: #d29922; } }
            </style>
            <text x="16" y="24" font-size="16" class="strong">{{Escape(title)}}</text>
            <text x="16" y="43" class="quiet">{{Escape(subtitle)}}</text>
            {{body}}</svg>

            """);
    }

    private static int DrawPanel(StringBuilder body, ChartPanel panel, int top, int end)
    {
        body.Append(Invariant($"<text x=\"16\" y=\"{top + 24}\" font-size=\"14\" class=\"strong\">{Escape(panel.Title)}</text>\n"));
        StringBuilder bars = new();
        int y = top + PanelHead;
        string? peer = null;
        foreach (ChartBar bar in panel.Bars)
        {
            y += peer is not null && peer != bar.Peer ? GroupGap : 0;
            peer = bar.Peer;
            double x = X(bar.Ratio, end);
            string weight = bar.IsMean ? " class=\"strong\"" : "";
            bars.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{y + 11}\" text-anchor=\"end\"{weight}>{Escape(bar.Label)}</text>"));
            bars.Append(Invariant($"<rect x=\"{Left}\" y=\"{y}\" width=\"{Math.Max(0, x - Left):F1}\" height=\"{BarHeight}\" rx=\"2\" class=\"{bar.Peer.Split(' ')[0]}{(bar.IsMean ? "" : " model")}\"/>"));
            bars.Append(Invariant($"<text x=\"{x + 6:F1}\" y=\"{y + 11}\"{weight}>{bar.Ratio:F1}</text>\n"));
            y += Step;
        }

        foreach (int tick in Ticks.Where(tick => tick <= end))
        {
            double x = X(tick, end);
            body.Append(Invariant($"<line x1=\"{x:F1}\" y1=\"{top + PanelHead - 6}\" x2=\"{x:F1}\" y2=\"{y}\" class=\"grid\"/><text x=\"{x:F1}\" y=\"{top + PanelHead - 12}\" text-anchor=\"middle\" class=\"quiet\">{tick}×</text>\n"));
        }

        body.Append(bars);
        return y + 8;
    }

    private static double X(double ratio, int end) => Left + ((Width - Left - Right) * Math.Log(Math.Clamp(ratio, 1, end)) / Math.Log(end));

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Bars below a heading.</summary>
internal sealed record ChartPanel(string Title, IReadOnlyList<ChartBar> Bars);

/// <summary>One ratio.</summary>
internal sealed record ChartBar(string Label, string Peer, double Ratio, bool IsMean);

using System.Text;
using System.Text.RegularExpressions;

namespace KernelForge.Simulator.Tests.Fuzz;

/// <summary>Damages PTX: bytes, tokens, lines, cuts, splices, nonsense. The same seed gives the same text.</summary>
internal sealed partial class PtxMutator
{
    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "3", "31", "32", "33", "64", "255", "256", "4095", "65535", "65536", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296",
        "9223372036854775807", "18446744073709551615", "99999999999999999999", "0x", "0xffffffffffffffff", "0f3F800000", "0f", "0d3FF0000000000000", "1e400", "0.5", "007", "1U", "0b101",
    ];

    private static readonly string[] Words =
    [
        "{", "}", "(", ")", "[", "]", ",", ";", ":", "@", "!", "|", "+", "-", "=", "<", ">", "_", "%p1", "%r1", "%rd1", "%f1", "%fd1", "%tid.x", "%laneid", "WARP_SZ",
        ".entry", ".func", ".visible", ".extern", ".weak", ".reg", ".param", ".shared", ".local", ".global", ".const", ".align", ".b8", ".b16", ".b32", ".b64", ".b128", ".u8", ".u32", ".u64", ".s32",
        ".f16", ".f16x2", ".bf16", ".f32", ".f64", ".pred", ".v2", ".v4", ".v8", ".loc", ".file", ".maxntid", ".reqntid", ".minnctapersm", ".pragma", ".section", ".branchtargets", ".callprototype", ".version", ".target",
        "ld", "st", "mov.b64", "mov.u32", "bra", "bra.uni", "brx.idx", "call", "call.uni", "ret", "exit", "trap", "bar.sync", "barrier.sync", "bar.red.popc.u32", "shfl.sync.bfly.b32", "vote.sync.ballot.b32",
        "atom.global.add.f32", "red.shared.add.u32", "cvt.rn.f16.f32", "cvta.to.shared.u64", "setp.lt.f32", "selp.b32", "fma.rn.f32", "mad.wide.u32", "div.rn.f64", "prmt.b32", "bfe.u32", "shf.l.wrap.b32",
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", "ldmatrix.sync.aligned.m8n8.x4.shared.b16", "wmma.load.a.sync.aligned.row.m16n16k16.f16", "cp.async.ca.shared.global", "cp.async.wait_group", "match.any.sync.b32", "redux.sync.add.s32",
        "ld.global.v4.f32", "st.shared.v2.u64", "ld.param.u64", "ld.volatile.shared.u32", "add.cc.u32", "addc.u32", "lop3.b32", "dp4a.u32.u32", "popc.b64", "clz.b64", "sad.s32", "vprintf", "malloc", "nanosleep.u32",
    ];

    private readonly string[] _corpus;
    private readonly Random _random;

    public PtxMutator(string[] corpus, int seed)
    {
        _corpus = corpus;
        _random = new Random(seed);
    }

    /// <summary>A damaged text.</summary>
    public string Next()
    {
        if (_random.Next(40) == 0)
        {
            return Nonsense();
        }

        var text = Pick(_corpus);
        for (var rounds = _random.Next(3) > 0 ? 1 : 1 + _random.Next(4); rounds > 0; rounds--)
        {
            text = _random.Next(12) switch
            {
                0 => Bytes(text),
                1 => text[.._random.Next(text.Length + 1)],
                2 or 3 or 4 or 5 or 6 => Tokens(text),
                7 or 8 or 9 => Lines(text),
                10 => Splice(text),
                _ => Deep(text),
            };
        }

        return text.Length <= 1 << 20 ? text : text[..(1 << 20)];
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private string Bytes(string text)
    {
        var bytes = new StringBuilder(text);
        for (var times = 1 + _random.Next(8); times > 0 && bytes.Length > 0; times--)
        {
            var at = _random.Next(bytes.Length);
            switch (_random.Next(3))
            {
                case 0:
                    bytes[at] = (char)_random.Next(_random.Next(2) == 0 ? 128 : 0xD800);
                    break;
                case 1:
                    bytes.Remove(at, Math.Min(bytes.Length - at, 1 + _random.Next(4)));
                    break;
                default:
                    bytes.Insert(at, (char)(32 + _random.Next(95)));
                    break;
            }
        }

        return bytes.ToString();
    }

    private string Tokens(string text)
    {
        var tokens = Token().Matches(text).Select(match => match.Value).ToList();
        for (var times = 1 + (_random.Next(2) * _random.Next(6)); times > 0 && tokens.Count > 0; times--)
        {
            var at = _random.Next(tokens.Count);
            switch (_random.Next(6))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[_random.Next(tokens.Count)]);
                    break;
                case 2:
                    var other = _random.Next(tokens.Count);
                    (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                    break;
                case 3:
                    tokens[at] = Pick(Words);
                    break;
                case 4:
                    Replace(tokens, token => char.IsAsciiDigit(token[0]), Pick(Numbers));
                    break;
                default:
                    // One of its own kind: a register for a register, a mnemonic for a mnemonic.
                    var kind = tokens[at][0];
                    Replace(tokens, token => token[0] == kind, Pick(tokens.Where(token => token[0] == kind).ToList()));
                    break;
            }
        }

        return string.Concat(tokens);
    }

    private void Replace(List<string> tokens, Func<string, bool> what, string with)
    {
        var places = Enumerable.Range(0, tokens.Count).Where(at => what(tokens[at])).ToList();
        if (places.Count > 0)
        {
            tokens[Pick(places)] = with;
        }
    }

    private string Lines(string text)
    {
        var lines = text.Split('\n').ToList();
        for (var times = 1 + _random.Next(6); times > 0 && lines.Count > 1; times--)
        {
            var at = _random.Next(lines.Count);
            switch (_random.Next(4))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, Pick(lines));
                    break;
                case 2:
                    lines.Insert(at, Pick(Pick(_corpus).Split('\n')));
                    break;
                default:
                    var other = _random.Next(lines.Count);
                    (lines[at], lines[other]) = (lines[other], lines[at]);
                    break;
            }
        }

        return string.Join('\n', lines);
    }

    private string Splice(string text)
    {
        var other = Pick(_corpus);
        return string.Concat(text.AsSpan(0, _random.Next(text.Length + 1)), other.AsSpan(_random.Next(other.Length)));
    }

    private string Deep(string text)
    {
        var at = _random.Next(text.Length + 1);
        var many = new StringBuilder().Insert(0, Pick(["{", "(", "[", "!", "-", "((", "{ }", "@%p1 ", ".b8 ", "%r1,", "/*", "\""]), 1 << _random.Next(4, 15));
        return text.Insert(at, many.ToString());
    }

    private string Nonsense()
    {
        var text = new StringBuilder(".version 8.4\n.target sm_90a\n.address_size 64\n.visible .entry k(.param .u64 p)\n{\n.reg .b32 %r<9>; .reg .b64 %rd<9>; .reg .f32 %f<9>; .reg .pred %p<9>;\n");
        for (var words = _random.Next(200); words > 0; words--)
        {
            text.Append(_random.Next(3) == 0 ? Pick(Numbers) : Pick(Words)).Append(Pick([" ", ", ", ";\n", ""]));
        }

        return text.Append("\n}\n").ToString();
    }

    [GeneratedRegex(@"[%$_a-zA-Z.][\w.$%:]*|[0-9][\w.]*|\s+|.", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Token();
}

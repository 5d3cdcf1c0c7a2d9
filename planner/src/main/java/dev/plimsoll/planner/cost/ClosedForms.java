package dev.plimsoll.planner.cost;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.Basis;
import dev.plimsoll.planner.result.Explanation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/// The textbooks' formulas, of the sizes of a classic Transformer: multi-head attention of width `h` and a feed-forward
/// network of width `4h`.
///
/// Written once more and independently of the walk, so that the two can be compared.
final class ClosedForms {
    private static final Provenance PROVENANCE = Provenance.EXACT;

    private ClosedForms() {}

    /// `12·l·h·h`: parameters of the layers for large `h`, without embedding, biases and norms.
    static Explanation layerParameters(ClassicDecoder sizes) {
        BigInteger value = product(12, sizes.layers(), sizes.hidden(), sizes.hidden());
        return new Explanation(
                "parameters of a classic Transformer's layers",
                "12 x l x h x h",
                "12 x " + sizes.layers() + " x " + sizes.hidden() + " x " + sizes.hidden(),
                new BigDecimal(value),
                new Basis("parameters", "4 h^2 attention and 8 h^2 feed-forward a layer, for large h", PROVENANCE));
    }

    /// `2·L·k·d·bytes·tokens·sequences`: every layer keeps keys and values as the first one does.
    static Explanation cache(ClassicDecoder sizes, CacheFormat format, long tokens, long sequences) {
        int blockBytes = format.dataType().blockBytes();
        int blockElements = format.dataType().blockElements();
        BigDecimal value = new BigDecimal(product(
                        2, sizes.layers(), sizes.keyValueHeads(), sizes.headSize(), blockBytes, tokens, sequences))
                .divide(BigDecimal.valueOf(blockElements), MathContext.DECIMAL128);
        return new Explanation(
                "KV cache of a classic Transformer",
                "2 x L x k x d x bytes / elements x tokens x sequences",
                join(2, sizes.layers(), sizes.keyValueHeads(), sizes.headSize(), blockBytes) + " / "
                        + join(blockElements, tokens, sequences),
                value,
                new Basis("B", "keys and values of every layer", PROVENANCE));
    }

    /// `passes · l · (24·b·s·h·h + 4·b·s·t·h) + logits · 2·b·s·h·V`, with `t` tokens looked at.
    ///
    /// Source: Narayanan et al. 2021, appendix, for the forward pass; the backward pass is twice that.
    static Explanation flops(ClassicDecoder sizes, Workload workload, CountingConvention convention) {
        long b = workload.sequences();
        long s = workload.newTokens();
        long t = workload.pastTokens() + s;
        long h = sizes.hidden();
        long l = sizes.layers();
        long v = convention.padded(sizes.vocabulary());
        Passes passes = Passes.of(workload, convention);
        BigInteger layer = product(24, b, s, h, h).add(product(4, b, s, t, h));
        BigInteger core = product(4, b, s, t, h, l, passes.cores());
        BigInteger value =
                layer.multiply(product(passes.layers(), l)).add(core).add(product(passes.logits(), 2, b, s, h, v));
        boolean again = passes.cores() > 0;
        return new Explanation(
                "FLOPs of a classic Transformer",
                passes.layers() + " x l x (24 x b x s x h x h + 4 x b x s x t x h) + "
                        + (again ? passes.cores() + " x 4 x b x s x t x h x l + " : "") + passes.logits()
                        + " x 2 x b x s x h x V",
                join(passes.layers(), l)
                        + " x (" + join(24, b, s, h, h) + " + " + join(4, b, s, t, h) + ") + "
                        + (again ? join(passes.cores(), 4, b, s, t, h, l) + " + " : "")
                        + join(passes.logits(), 2, b, s, h, v),
                new BigDecimal(value),
                new Basis("FLOPs", "Narayanan et al. 2021, appendix; attention over the full square", PROVENANCE));
    }

    /// `passes · (2·N + 4·l·a·d·t) · D`: two FLOPs a parameter and token, and attention of `a` heads of width `d` over
    /// all `t` tokens in each of `l` layers.
    ///
    /// Source: Chowdhery et al. 2022, appendix B, with three passes: `6N + 12LHQT`.
    ///
    /// @param parameters those that the convention multiplies by tokens
    static Explanation perParameter(
            ClassicDecoder sizes, Workload workload, CountingConvention convention, long parameters) {
        long passes = workload instanceof Workload.Training ? 3 : 1;
        long t = workload.pastTokens() + workload.newTokens();
        BigInteger token = product(2 * passes, parameters)
                .add(product(4 * passes, sizes.layers(), sizes.queryHeads(), sizes.headSize(), t));
        return new Explanation(
                "FLOPs",
                "(" + 2 * passes + " x N + " + 4 * passes + " x l x a x d x t) x D",
                "(" + join(2 * passes, parameters) + " + "
                        + join(4 * passes, sizes.layers(), sizes.queryHeads(), sizes.headSize(), t) + ") x "
                        + workload.tokens(),
                new BigDecimal(token.multiply(BigInteger.valueOf(workload.tokens()))),
                new Basis("FLOPs", convention.source(), PROVENANCE));
    }

    /// `coefficient · passes · B·s·l·h² · (1 + s/6h + V/16lh)`, to the letter, its slips included: with three passes
    /// a logit's product has 4.5 FLOPs instead of 6, and the gated coefficient enlarges attention by a third.
    ///
    /// Source: microsoft/Megatron-DeepSpeed 0782d753, `megatron/utils.py`; 32 is the bigscience fork's coefficient.
    ///
    /// @param passes 3, or 4 with full recomputation; 1 for inference
    static Explanation megatronDeepSpeed(
            ClassicDecoder sizes, Workload workload, CountingConvention convention, long passes) {
        long coefficient = switch (sizes.form()) {
            case PLAIN -> 24;
            case GATED -> 32;
        };
        long b = workload.sequences();
        long s = workload.newTokens();
        long t = workload.pastTokens() + s;
        long h = sizes.hidden();
        long l = sizes.layers();
        long v = convention.padded(sizes.vocabulary());
        // Over the common denominator 48·l·h: (48lh + 8lt + 3V) / 48lh.
        BigInteger bracket = product(48, l, h).add(product(8, l, t)).add(product(3, v));
        BigDecimal value = new BigDecimal(
                        product(coefficient, passes, b, s, l, h, h).multiply(bracket))
                .divide(new BigDecimal(product(48, l, h)), MathContext.DECIMAL128);
        return new Explanation(
                "FLOPs",
                coefficient + " x passes x b x s x l x h x h x (1 + t / (6 x h) + V / (16 x l x h))",
                join(coefficient, passes, b, s, l, h, h) + " x (1 + " + t + " / (6 x " + h + ") + " + v + " / ("
                        + join(16, l, h) + "))",
                value,
                new Basis("FLOPs", convention.source(), PROVENANCE));
    }

    /// How often the layers, the attention core (beyond its layer) and the head are run or differentiated.
    private record Passes(long layers, long cores, long logits) {
        static Passes of(Workload workload, CountingConvention convention) {
            if (!(workload instanceof Workload.Training training)) {
                return new Passes(1, 0, 1);
            }
            return switch (convention.recomputed()) {
                case NEVER -> new Passes(3, 0, 3);
                case ALWAYS_FULL -> new Passes(4, 0, 3);
                case FULL_ONLY -> of(training.recomputation(), 0);
                case AS_RUN -> of(training.recomputation(), 1);
                case CORE_TWICE -> of(training.recomputation(), 3);
            };
        }

        private static Passes of(Recomputation recomputation, long coresWhenSelective) {
            return switch (recomputation) {
                case NONE -> new Passes(3, 0, 3);
                case SELECTIVE -> new Passes(3, coresWhenSelective, 3);
                case FULL -> new Passes(4, 0, 3);
            };
        }
    }

    private static BigInteger product(long... factors) {
        BigInteger product = BigInteger.ONE;
        for (long factor : factors) {
            product = product.multiply(BigInteger.valueOf(factor));
        }
        return product;
    }

    private static String join(long... factors) {
        StringBuilder text = new StringBuilder();
        for (long factor : factors) {
            text.append(text.isEmpty() ? "" : " x ").append(factor);
        }
        return text.toString();
    }
}

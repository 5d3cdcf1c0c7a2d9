package dev.plimsoll.report.explain;

import java.math.BigDecimal;

/// Where derivations that are often copied err, each with the arithmetic that shows it.
final class Traps {
    private Traps() {}

    static Lesson lesson() {
        return new Lesson.Draft(Topic.TRAPS)
                .say("A GB is not a GiB: 2^30 is 7.4 % more than 10^9, so 1 B parameters at 1 byte are 0.93 GiB.")
                .show(
                        "2^30 over 10^9",
                        "2^30 / 10^9",
                        "1073741824 / 1000000000",
                        new BigDecimal("1.073741824"),
                        "times",
                        "arithmetic")
                .say(
                        "Logits in a training total: 96 b l s h^2 (1 + s/6h + V/16lh) holds all 6bshV of the logits already; adding "
                                + "2bshV again counts a third too much of them. Without recomputation the bracket is 1 + s/6h + V/12lh "
                                + "before 72 b l s h^2: with V/16lh it would hold 4.5bshV only.")
                .show(
                        "logits in 96 b l s h^2 x V/16lh, in bshV",
                        "96 / 16",
                        "96 / 16",
                        new BigDecimal(6),
                        "bshV",
                        "Narayanan et al. 2021, equation 3")
                .show(
                        "logits in 72 b l s h^2 x V/16lh, in bshV",
                        "72 / 16",
                        "72 / 16",
                        new BigDecimal("4.5"),
                        "bshV",
                        "the coefficient 24 x 3 of older throughput scripts")
                .show(
                        "logits in 72 b l s h^2 x V/12lh, in bshV",
                        "72 / 12",
                        "72 / 12",
                        new BigDecimal(6),
                        "bshV",
                        "Korthikanti et al. 2022, appendix A")
                .say(
                        "The coefficient 32 for a gated feed-forward network holds for a width of 4h; at 8h/3, Llama's, the three "
                                + "matrices are 8h^2 again and 24 stays right. With 32, attention and logits are scaled too: the bracket "
                                + "must be 1 + s/8h + 3V/64lh (factor 4) or 1 + s/8h + V/16lh (factor 3).")
                .show(
                        "three matrices of width 8h/3, in h^2",
                        "3 x 8 / 3",
                        "3 x 8 / 3",
                        new BigDecimal(8),
                        "h^2",
                        "Touvron et al. 2023, section 2.2")
                .say(
                        "Selective recomputation runs the attention core forward once more, 4 b s^2 h a layer. The published form "
                                + "with s/3h doubles the whole term of forward and backward; what is run is 2s/9h.")
                .show(
                        "attention term with one more forward pass, in s/6h",
                        "(12 + 4) / 12",
                        "(12 + 4) / 12",
                        Lesson.quotient(16, 12),
                        "s/6h",
                        "4 b s^2 h forward, 8 backward, 4 again")
                .say(
                        "A KV cache saves 1 - 1/s in order only. Over s steps the projections run s tokens instead of s(s+1)/2, a "
                                + "saving of 1 - 2/(s+1); attention over the full square runs the sum of i instead of the sum of i^2, a "
                                + "saving of 1 - 3/(2s+1).")
                .show(
                        "attention's saving at s = 16",
                        "1 - 3 / (2 x s + 1)",
                        "1 - 3 / (2 x 16 + 1)",
                        Lesson.quotient(30, 33),
                        "of its FLOPs",
                        "sums of i and of i^2")
                .show(
                        "the rule at s = 16",
                        "1 - 1 / s",
                        "1 - 1 / 16",
                        new BigDecimal("0.9375"),
                        "of the FLOPs",
                        "the usual rule")
                .say(
                        "One decoded token costs 2bhV for its logits, not 2bshV; and a dense projection moves O(h^2 + bh) bytes for "
                                + "O(bh^2) FLOPs, since its weights must be read.")
                .say(
                        "\"12 l h^2\" is a classic decoder's: grouped queries, gates, experts and head sizes other than h/a change "
                                + "every term. LLaMA-2's model with grouped queries below 70B is the 34B one; there is no 30B.")
                .say(
                        "\"A 13B model takes 1 MB of cache a token\": 2 x 40 layers x 40 heads x 128 x 2 bytes are 800 KiB.")
                .show(
                        "cache of a token of a 13B model in fp16",
                        "2 x L x k x d x bytes",
                        "2 x 40 x 40 x 128 x 2",
                        new BigDecimal(819_200),
                        "B",
                        "LLaMA-13B's config")
                .done();
    }
}

package dev.plimsoll.report.explain;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.math.BigDecimal;
import java.util.List;

/// The topics that need no more of a model than how many parameters it has.
final class SizeLessons {
    private static final String ARITHMETIC = "arithmetic";

    private SizeLessons() {}

    static Lesson dataTypes(long parameters) {
        Lesson.Draft draft = new Lesson.Draft(Topic.DATA_TYPES)
                .say(
                        "A data type's name is a kind and a number of bits: f32, bf16, f16, fp8, int8, int4. Eight bits are a "
                                + "byte, so a parameter takes 4, 2, 2, 1, 1 and half a byte.")
                .say(
                        "Quantised types hold blocks: some numbers of few bits and a scale they share. Q4_0 holds 32 numbers "
                                + "in 18 bytes, which is 4.5 bits a number; counting a block's bytes as a number's is 32 times off.");
        for (DataType type : List.of(DataType.F32, DataType.BF16, DataType.F8_E4M3)) {
            long bytes = Math.multiplyExact(parameters, type.blockBytes());
            draft.show(
                    "weights in " + type.name(),
                    "N x bytes",
                    parameters + " x " + type.blockBytes(),
                    bytes,
                    "B",
                    "bits of the type over 8");
        }
        long blocks = Math.ceilDiv(parameters, 32);
        return draft.show(
                        "weights in q4_0, if every row were whole blocks",
                        "blocks x bytes",
                        blocks + " x 18",
                        Math.multiplyExact(blocks, 18),
                        "B",
                        "ggml: a block of 32 takes 18 bytes")
                .done();
    }

    static Lesson units(long parameters) {
        long bytes = Math.multiplyExact(parameters, 2);
        return new Lesson.Draft(Topic.UNITS)
                .say(
                        "Parameters and tokens count by thousands: 1 K = 10^3, 1 M = 10^6, 1 B = 10^9. Memory has both: 1 GB = "
                                + "10^9 bytes and 1 GiB = 2^30 bytes, 7.4 % more. Plimsoll prints GiB for 2^30, GB for 10^9, and in "
                                + "JSON plain bytes.")
                .say("FLOPs are a number of operations, FLOP/s a speed; one multiply-add is two operations.")
                .show("weights in bf16", "2 x N", "2 x " + parameters, bytes, "B", ARITHMETIC)
                .show(
                        "the same in GiB",
                        "2 x N / 2^30",
                        bytes + " / 1073741824",
                        Lesson.quotient(bytes, 1L << 30),
                        "GiB",
                        ARITHMETIC)
                .show(
                        "the same in GB",
                        "2 x N / 10^9",
                        bytes + " / 1000000000",
                        Lesson.quotient(bytes, 1_000_000_000),
                        "GB",
                        ARITHMETIC)
                .done();
    }

    static Lesson optimizer(long parameters) {
        return new Lesson.Draft(Topic.OPTIMIZER)
                .say(
                        "Training keeps, for each parameter, its weight, its gradient and the optimizer's states: none for SGD, one "
                                + "for momentum, two for Adam. With mixed precision the optimizer works on an f32 copy of the weights.")
                .say(
                        "Accounts differ by what is kept twice. 20 bytes: bf16 and f32 weights (6), bf16 and f32 gradients (6), two "
                                + "f32 states (8). 18: the bf16 gradient is not kept. 16: the gradient is bf16 alone. Sharding the "
                                + "optimizer over D devices leaves 6 + 12/D.")
                .show(
                        "20-byte account",
                        "(2 + 4 + 2 + 4 + 4 + 4) x N",
                        "(2 + 4 + 2 + 4 + 4 + 4) x " + parameters,
                        Math.multiplyExact(20, parameters),
                        "B",
                        "fp16 weights and gradients, each with an f32 copy; Adam")
                .show(
                        "18-byte account",
                        "(2 + 4 + 4 + 4 + 4) x N",
                        "(2 + 4 + 4 + 4 + 4) x " + parameters,
                        Math.multiplyExact(18, parameters),
                        "B",
                        "Megatron-LM: f32 gradients")
                .show(
                        "16-byte account",
                        "(2 + 4 + 2 + 4 + 4) x N",
                        "(2 + 4 + 2 + 4 + 4) x " + parameters,
                        Math.multiplyExact(16, parameters),
                        "B",
                        "Rajbhandari et al. 2020 (ZeRO), section 3.1")
                .say(
                        "Other optimizers keep other states: 8-bit Adam two of a byte, with an f32 for each block of 256; Adafactor "
                                + "a number for each row and each column of a matrix; Muon one for a matrix and two for everything "
                                + "else. Traps: the 16 of ZeRO's paper holds fp16 gradients, Megatron-LM's 18 f32 ones; "
                                + "\"12 bytes of optimizer\" has the f32 weights in it; adapters' states are small, but their "
                                + "frozen weights are held all the same.")
                .show(
                        "18-byte account, the optimizer shared out over 64 (ZeRO 1)",
                        "(6 + 12 / 64) x N",
                        "(6 + 12 / 64) x " + parameters,
                        new BigDecimal("6.1875").multiply(BigDecimal.valueOf(parameters)),
                        "B",
                        "Rajbhandari et al. 2020, section 5.1, with f32 gradients")
                .show(
                        "16-byte account over 64, everything shared out (ZeRO 3)",
                        "16 x N / 64",
                        "16 x " + parameters + " / 64",
                        new BigDecimal("0.25").multiply(BigDecimal.valueOf(parameters)),
                        "B",
                        "Rajbhandari et al. 2020, figure 1")
                .show(
                        "8-bit Adam's states",
                        "(2 + 2 x 4 / 256) x N",
                        "(2 + 2 x 4 / 256) x " + parameters,
                        new BigDecimal("2.03125").multiply(BigDecimal.valueOf(parameters)),
                        "B",
                        "Dettmers et al. 2022, section 2.1, if every tensor were whole blocks")
                .show(
                        "SGD in f32, without momentum",
                        "(4 + 4) x N",
                        "(4 + 4) x " + parameters,
                        Math.multiplyExact(8, parameters),
                        "B",
                        ARITHMETIC)
                .done();
    }

    /// @param kept cache and states of one sequence, in bf16
    static Lesson trainingAgainstInference(long parameters, Bytes kept) {
        return new Lesson.Draft(Topic.TRAINING_VS_INFERENCE)
                .say("Inference holds the weights, the KV cache and short-lived intermediates. Training holds weights, "
                        + "gradients, optimizer states and every activation that the backward pass reads; no cache.")
                .say(
                        "So \"training takes three to four times inference\" holds for weights, gradients and two states of one "
                                + "width; with mixed precision the state alone is 8 to 10 times the bf16 weights, before any activation.")
                .show(
                        "inference: weights in bf16",
                        "2 x N",
                        "2 x " + parameters,
                        Math.multiplyExact(2, parameters),
                        "B",
                        ARITHMETIC)
                .show(
                        "inference: cache and states of one sequence",
                        "bytes",
                        Long.toString(kept.count()),
                        kept.count(),
                        "B",
                        "plimsoll kv")
                .show(
                        "training: 18-byte account",
                        "18 x N",
                        "18 x " + parameters,
                        Math.multiplyExact(18, parameters),
                        "B",
                        "plimsoll explain optimizer")
                .show(
                        "training state over inference weights",
                        "18 x N / (2 x N)",
                        "18 x " + parameters + " / (2 x " + parameters + ")",
                        9,
                        "times",
                        ARITHMETIC)
                .done();
    }
}

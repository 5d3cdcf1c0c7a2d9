package dev.plimsoll.report.explain;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.memory.StageBreakdown;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.List;
import java.util.Optional;

/// What training keeps, splits and takes, worked out on a model.
final class TrainingLessons {
    private static final String KORTHIKANTI = "Korthikanti et al. 2022, section 4";
    private static final String NARAYANAN = "Narayanan et al. 2021, section 2.2";

    /// Longer sequences make the walk's products too large to be of use.
    private static final long LONGEST = 1L << 26;

    private final Transformer model;
    private final long parameters;
    private final long length;
    private final Optional<DecoderSizes> sizes;

    TrainingLessons(Transformer model, long parameters, long length) {
        this.model = model;
        this.parameters = parameters;
        this.length = length;
        this.sizes = DecoderSizes.of(model);
    }

    Lesson activations() {
        Lesson.Draft draft = new Lesson.Draft(Topic.ACTIVATIONS)
                .say(
                        "A backward pass reads what the forward pass left. In the classic block, at two bytes a number and one a "
                                + "mask, attention keeps its input 2bsh, queries and keys 4bsh, the softmax's output 2bas^2, its "
                                + "dropout mask bas^2, the dropped scores 2bas^2, values 2bsh, the projection's input 2bsh and its mask "
                                + "bsh: 11bsh + 5bas^2. The MLP keeps 2bsh, 8bsh, 8bsh and a mask bsh: 19bsh. Two norms keep 4bsh. "
                                + "A layer: 34bsh + 5bas^2.")
                .say(
                        "Traps. It is the softmax's output that is kept, not its input. Flash attention keeps no s^2 term, only a "
                                + "log-sum-exp of 4 bytes a head and token. Without dropout the masks are gone; a gate's network keeps 6f "
                                + "a token, not 16h; grouped queries keep 2k instead of 2a heads of keys and values. Embedding, last norm "
                                + "and logits are left out of the layer's sum, and with a large vocabulary the logits are not small. "
                                + "Recomputation keeps 2bsh a layer, and one layer whole while it is run again.");
        sizes.ifPresent(known -> classic(draft, known));
        if (length <= LONGEST) {
            draft.say("What this model really leaves, out of its own operators, for one sequence of "
                            + Numbers.grouped(length)
                            + " tokens on one device under Megatron-LM with Transformer Engine:")
                    .show(walked());
        }
        return draft.done();
    }

    private void classic(Lesson.Draft draft, DecoderSizes known) {
        draft.say(
                        "The first formula below is the classic one at this model's sizes: b = 1, f = 4h, no grouped queries.")
                .show(
                        "a classic layer",
                        "34 x b x s x h + 5 x b x a x s x s",
                        "34 x 1 x " + length + " x " + known.hidden() + " + 5 x 1 x " + known.heads() + " x " + length
                                + " x " + length,
                        Products.of(34, length, known.hidden()).add(Products.of(5, known.heads(), length, length)),
                        "B",
                        KORTHIKANTI + ", equation 1");
    }

    private List<Explanation> walked() {
        TrainingJob job = new TrainingJob(
                model, Parallelism.NONE, new TrainingBatch(1, 1, length), TrainingMethod.of(Frameworks.MEGATRON_TE));
        return StageBreakdown.explanations(job, 0).stream()
                .filter(line ->
                        line.topic().equals("activations") || line.formula().contains("in flight"))
                .toList();
    }

    Lesson parallelism() {
        Lesson.Draft draft = new Lesson.Draft(Topic.PARALLELISM)
                .say(
                        "Tensor parallelism (t) divides heads and widths: of a layer's 34 bytes a number 24 are divided and 10 are "
                                + "not; sequence parallelism divides those too. Pipeline parallelism (p) divides layers; data parallelism "
                                + "divides nothing unless states are shared out (ZeRO): 6 + 12/d bytes a parameter where it is the "
                                + "optimizer's; context parallelism divides the tokens; expert parallelism the experts.")
                .say(
                        "Traps. Under 1F1B the first stage keeps p micro-batches of L/p layers, L layers' worth whatever p is; m "
                                + "chunks make it 1 + (p-1)/(pm) times as much. GPipe keeps all micro-batches. A bubble of (p-1)/m is "
                                + "over the time without it; of the whole time it is (p-1)/(m+p-1). Key/value heads fewer than t are "
                                + "copied, not divided. The vocabulary is padded to a multiple of 128 t. The embedding's dropout mask and the "
                                + "last stage's logits are on one stage only. A step sends each gradient once, whatever the number of "
                                + "micro-batches, but weights that are shared out are gathered in each of them.");
        sizes.ifPresent(known -> underParallelism(draft, known));
        return draft.show(
                        "bubble of 1F1B over the time without it, 8 stages, 64 micro-batches",
                        "(stages - 1) / micro-batches",
                        "(8 - 1) / 64",
                        Lesson.quotient(7, 64),
                        "of it",
                        NARAYANAN)
                .show(
                        "the same with 4 chunks a stage",
                        "(stages - 1) / (chunks x micro-batches)",
                        "(8 - 1) / (4 x 64)",
                        Lesson.quotient(7, 256),
                        "of it",
                        NARAYANAN)
                .show(
                        "activations of the first stage with 4 chunks, over those without",
                        "1 + (stages - 1) / (stages x chunks)",
                        "1 + (8 - 1) / (8 x 4)",
                        Lesson.quotient(39, 32),
                        "times",
                        KORTHIKANTI + ".2.3")
                .done();
    }

    private void underParallelism(Lesson.Draft draft, DecoderSizes known) {
        long h = known.hidden();
        String sh = length + " x " + h;
        String scores = "5 x " + known.heads() + " x " + length + " x " + length;
        draft.say("The first formulas below are a classic layer's at this model's sizes, b = 1, tp = 8.")
                .show(
                        "tensor parallelism",
                        "10 x s x h + (24 x s x h + 5 x a x s x s) / tp",
                        "10 x " + sh + " + (24 x " + sh + " + " + scores + ") / 8",
                        Products.of(10, length, h)
                                .add(Products.over(
                                        Products.of(24, length, h).add(Products.of(5, known.heads(), length, length)),
                                        8)),
                        "B",
                        KORTHIKANTI + ".2.1, equation 2")
                .show(
                        "and sequence parallelism",
                        "(34 x s x h + 5 x a x s x s) / tp",
                        "(34 x " + sh + " + " + scores + ") / 8",
                        Products.over(Products.of(34, length, h).add(Products.of(5, known.heads(), length, length)), 8),
                        "B",
                        KORTHIKANTI + ".2.2, equation 4")
                .show(
                        "and the core recomputed",
                        "34 x s x h / tp",
                        "34 x " + sh + " / 8",
                        Products.over(Products.of(34, length, h), 8),
                        "B",
                        "Korthikanti et al. 2022, section 5, equation 6")
                .show(
                        "the whole layer recomputed",
                        "2 x s x h",
                        "2 x " + sh,
                        Products.of(2, length, h),
                        "B",
                        "Korthikanti et al. 2022, section 5");
    }

    Lesson time() {
        return new Lesson.Draft(Topic.TRAINING_TIME)
                .say(
                        "A token costs 6N FLOPs, two forward and four back, and attention's products on top. Days are FLOPs over "
                                + "devices x what each keeps up. What it keeps up is measured, not read off a data sheet: a third to a half "
                                + "of the dense 16-bit peak is usual.")
                .say(
                        "Traps. Running layers again costs a fourth 2N: 8N are done where 6N are asked. So 140 TFLOP/s of 8N are 105 "
                                + "of 6N; HFU counts the former, MFU the latter. Peaks with sparsity are twice those that training "
                                + "reaches for. A causal mask halves attention in some counts and not in others, up to 13 % of the whole. N "
                                + "of a mixture of experts is the active one. Days without failures, checkpoints and restarts are too few.")
                .show(
                        "GPT-3 175B on 300B tokens, every layer run again, 1,024 A100 at 140 TFLOP/s",
                        "8 x D x N / (devices x rate x 86400)",
                        "8 x 300000000000 x 175000000000 / (1024 x 140000000000000 x 86400)",
                        Products.over(
                                Products.of(8, 300_000_000_000L, 175_000_000_000L),
                                Products.of(1024, 140_000_000_000_000L, 86_400)),
                        "days",
                        "Narayanan et al. 2021, section 5.1, equation 4: 34 days")
                .show(
                        "a model of 1 T on 450B tokens, 3,072 A100 at 163 TFLOP/s",
                        "8 x D x N / (devices x rate x 86400)",
                        "8 x 450000000000 x 1000000000000 / (3072 x 163000000000000 x 86400)",
                        Products.over(
                                Products.of(8, 450_000_000_000L, 1_000_000_000_000L),
                                Products.of(3072, 163_000_000_000_000L, 86_400)),
                        "days",
                        "Narayanan et al. 2021, section 5.1: 84 days")
                .show(
                        "this model on twenty tokens a parameter, on 1,024 devices that keep up 400 TFLOP/s each",
                        "6 x D x N / (devices x rate x 86400)",
                        "6 x (20 x " + parameters + ") x " + parameters + " / (1024 x 400000000000000 x 86400)",
                        Products.over(
                                Products.of(6 * 20, parameters, parameters),
                                Products.of(1024, 400_000_000_000_000L, 86_400)),
                        "days",
                        "Kaplan et al. 2020, section 2.1, for 6 N D; Hoffmann et al. 2022 for twenty tokens")
                .say("plimsoll train predicts the step of a layout, line by line, with an interval.")
                .done();
    }
}

package dev.plimsoll.cli;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.TrainingMethod.ExpertLoad;
import dev.plimsoll.planner.training.TrainingMethod.FurtherTokens;
import dev.plimsoll.planner.training.TrainingMethod.Offload;
import dev.plimsoll.planner.training.TrainingMethod.Offload.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How a model is trained, whatever the devices; what is not said is the framework's way.
final class MethodOptions {
    private static final double USUAL_RATE = 1e-4;
    private static final List<String> OPTIMIZERS =
            List.of("adam", "adamw", "adam-8bit", "sgd", "momentum", "adafactor", "muon");
    private static final List<String> OFFLOADED = List.of("none", "optimizer", "weights", "activations");

    @Option(
            names = "--framework",
            paramLabel = "NAME",
            description = "megatron-te, megatron, nanotron, fsdp, torch-compile or deepspeed (default: megatron-te).")
    private String framework = "megatron-te";

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "adamw, adam, adam-8bit, sgd, momentum, adafactor or muon (default: adamw).")
    private String optimizer = "adamw";

    @Option(
            names = {"--recompute", "--recompute-granularity"},
            paramLabel = "WHAT",
            description =
                    "none, selective, full, or pieces: norm, activation, core-attention, mla-up-proj, mlp, moe, op; "
                            + "with ':every N' or ':first N' in some layers only (default: the framework's).")
    private String recompute = "";

    @Option(
            names = "--attention-kernel",
            paramLabel = "KIND",
            description = "flash (tile by tile) or eager (scores written out) (default: the framework's).")
    private String attentionKernel = "";

    @Option(names = "--use-flash-attn", description = "The same as --attention-kernel flash.")
    private boolean flash;

    @Option(names = "--hidden-dropout", paramLabel = "P", description = "Of embedding and residual (default: 0).")
    private String hiddenDropout = "0";

    @Option(names = "--attention-dropout", paramLabel = "P", description = "Of attention's weights (default: 0).")
    private String attentionDropout = "0";

    @Option(
            names = "--offload",
            paramLabel = "WHAT,..",
            description = "What lies in the host's memory: optimizer, weights, activations (default: none).")
    private String offload = "none";

    @Option(
            names = "--expert-load",
            paramLabel = "X",
            description = "Rows that the busiest device's experts receive over the mean: 1, 1.25, 2 .. (default: 1).")
    private String expertLoad = "1";

    @Option(
            names = "--train-mtp",
            description = "Train the layers that predict further tokens too, where the model has any.")
    private boolean furtherTokens;

    @Mixin
    private PrecisionOptions precision = new PrecisionOptions();

    @Mixin
    private AdapterOptions adapters = new AdapterOptions();

    FrameworkProfile framework() {
        FrameworkProfile profile = Frameworks.named(framework);
        String kernel = flash && attentionKernel.isEmpty() ? "flash" : attentionKernel;
        return switch (kernel) {
            case "" -> profile;
            case "flash", "tiled", "sdpa" -> profile.withAttention(new AttentionKernel.Tiled(128, 128));
            case "eager", "materialised", "unfused", "math" ->
                profile.withAttention(new AttentionKernel.Materialised());
            default -> throw Words.unknown("--attention-kernel", kernel, List.of("flash", "eager"));
        };
    }

    TrainingMethod method() {
        FrameworkProfile profile = framework();
        TrainingMethod usual = TrainingMethod.of(profile);
        double hidden = probability("--hidden-dropout", hiddenDropout);
        return usual.withPrecision(precision.precision(profile))
                .withArithmetic(precision.arithmetic())
                .withOptimizer(optimizer())
                .withRecomputation(recomputation().orElse(usual.recomputation()))
                .withDropout(new DropoutRates(hidden, probability("--attention-dropout", attentionDropout), hidden))
                .withTuning(adapters.tuning())
                .withOffload(offload())
                .withLoad(load())
                .withFurtherTokens(furtherTokens ? FurtherTokens.TRAINED : FurtherTokens.LEFT_OUT);
    }

    /// What is run again, as given; empty where it was not, which a search then chooses.
    Optional<Recomputation> recomputation() {
        return recompute.isEmpty() ? Optional.empty() : Optional.of(RecomputeWords.read(recompute, framework()));
    }

    private Optimizer optimizer() {
        return switch (optimizer) {
            case "adam" -> new Optimizer.Adam(USUAL_RATE);
            case "adamw" -> new Optimizer.AdamW(USUAL_RATE, 0.1);
            case "adam-8bit", "adam8bit", "adamw-8bit", "adamw_bnb_8bit" -> new Optimizer.BlockwiseAdam(USUAL_RATE);
            case "sgd" -> new Optimizer.GradientDescent(USUAL_RATE);
            case "momentum" -> new Optimizer.Momentum(USUAL_RATE, 0.9);
            case "adafactor" -> new Optimizer.Adafactor(USUAL_RATE, Optimizer.Adafactor.FirstMoment.ABSENT);
            case "muon" -> new Optimizer.Muon(USUAL_RATE);
            default -> throw Words.unknown("--optimizer", optimizer, OPTIMIZERS);
        };
    }

    private Offload offload() {
        Set<String> asked = new HashSet<>();
        for (String word : offload.split(",", -1)) {
            if (!OFFLOADED.contains(word.strip())) {
                throw Words.unknown("--offload", word.strip(), OFFLOADED);
            }
            asked.add(word.strip());
        }
        return new Offload(place(asked, "optimizer"), place(asked, "weights"), place(asked, "activations"));
    }

    private static Place place(Set<String> offloaded, String what) {
        return offloaded.contains(what) ? Place.HOST : Place.DEVICE;
    }

    private ExpertLoad load() {
        double times = Reals.read("--expert-load", expertLoad, 1, 100);
        return new ExpertLoad((int) Math.round(100 * times));
    }

    private static double probability(String option, String text) {
        double rate = Reals.read(option, text, 0, 1);
        if (rate == 1) {
            throw InputException.usage(
                    option + ": found " + Text.printable(text) + ", expected a probability below 1",
                    "Write for example " + option + " 0.1.");
        }
        return rate;
    }
}

package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.planner.cost.WeightFormat;
import dev.plimsoll.planner.training.Tuning;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/// Low-rank adapters: only they are trained, beside frozen weights.
final class AdapterOptions {
    private static final long WIDEST = 1 << 20;
    private static final Set<Role> ROLES = EnumSet.of(
            Role.QUERY_KEY_VALUE,
            Role.LATENT_UP_PROJECTION,
            Role.ATTENTION_OUTPUT,
            Role.FEED_FORWARD,
            Role.SHARED_EXPERT,
            Role.RECURRENCE_PROJECTION);
    private static final Map<String, Set<String>> TARGETS = targets();

    @Option(
            names = {"--lora-rank", "--lora-r"},
            paramLabel = "R",
            description = "Train adapters of this rank and nothing else.")
    private String rank = "";

    @Option(
            names = {"--lora-targets", "--lora-target-modules"},
            paramLabel = "NAME,..",
            description = "Linear maps that are adapted: attention, attention-output, mlp, names such as q_proj, "
                    + "v_proj, linear_fc1, or all-linear, which leaves out routed experts (default: all-linear).")
    private String targets = "all-linear";

    @Option(
            names = {"--frozen-dtype", "--lora-base-dtype"},
            paramLabel = "TYPE",
            description = "How the frozen weights are held: bf16, nf4, nf4-double (QLoRA), int8 .. (default: bf16).")
    private String frozen = "bf16";

    /// Which parameters a run changes.
    Tuning tuning() {
        if (rank.isEmpty()) {
            if (!targets.equals("all-linear") || !frozen.equals("bf16")) {
                throw InputException.usage(
                        "--lora-rank: missing beside --lora-targets or --frozen-dtype, expected the adapters' rank",
                        "Add for example --lora-rank 16, or leave the others out.");
            }
            return new Tuning.Everything();
        }
        long width = Quantities.count("--lora-rank", rank);
        if (width > WIDEST) {
            throw InputException.usage(
                    "--lora-rank: found " + width + ", expected a rank far below the model's width",
                    "Write for example --lora-rank 16.");
        }
        return new Tuning.Adapters(
                new LowRankAdaptation(width, width, ROLES, maps()),
                WeightFormat.named(frozen.toLowerCase(Locale.ROOT)));
    }

    /// Names of the linear maps that are adapted; empty for all.
    private Set<String> maps() {
        Set<String> maps = new LinkedHashSet<>();
        for (String target : targets.split(",", -1)) {
            Set<String> named = TARGETS.get(target.strip());
            if (named == null) {
                throw Words.unknown("--lora-targets", target.strip(), TARGETS.keySet());
            }
            if (named.isEmpty()) {
                return Set.of();
            }
            maps.addAll(named);
        }
        return maps;
    }

    /// The names that PEFT and Megatron-LM use, beside plain words.
    private static Map<String, Set<String>> targets() {
        Map<String, Set<String>> targets = new LinkedHashMap<>();
        Set<String> attention = Set.of(
                "attention.query",
                "attention.key",
                "attention.value",
                "attention.query_latent",
                "attention.key_value_latent",
                "attention.rotated_key");
        targets.put("all-linear", Set.of());
        targets.put("attention", attention);
        targets.put("linear_qkv", attention);
        targets.put("q_proj", Set.of("attention.query"));
        targets.put("k_proj", Set.of("attention.key"));
        targets.put("v_proj", Set.of("attention.value"));
        for (String output : List.of("attention-output", "linear_proj", "o_proj")) {
            targets.put(output, Set.of("attention.output"));
        }
        Set<String> gate = Set.of("feed_forward.gate", "shared_expert.gate");
        Set<String> up = Set.of("feed_forward.up", "shared_expert.up");
        Set<String> down = Set.of("feed_forward.down", "shared_expert.down");
        targets.put("gate_proj", gate);
        targets.put("up_proj", up);
        targets.put("down_proj", down);
        targets.put("linear_fc1", union(gate, up));
        targets.put("linear_fc2", down);
        targets.put("mlp", union(gate, union(up, down)));
        return targets;
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(others);
        return all;
    }
}

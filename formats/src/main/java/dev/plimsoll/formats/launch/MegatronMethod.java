package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.launch.LaunchMethod.Offloaded;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.shape.DataType;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Reads how a Megatron-LM run recomputes, rounds and updates.
final class MegatronMethod {
    private final MegatronValues values;
    private final LaunchNotes notes;

    MegatronMethod(MegatronValues values, LaunchNotes notes) {
        this.values = values;
        this.notes = notes;
    }

    LaunchMethod read(DropoutRates dropout) {
        return new LaunchMethod(
                new Recomputes.Exactly(recomputation()),
                Optional.of(precision()),
                Optional.of(optimizer()),
                Optional.of(dropout),
                offloaded());
    }

    private Recomputation recomputation() {
        boolean selective = values.isOn("--recompute-activations", "selective recomputation");
        boolean old = values.isOn("--checkpoint-activations", "full recomputation, as Megatron-LM said it before 2022");
        String granularity = values.text("--recompute-granularity", "recomputation")
                .orElse(selective ? "selective" : old ? "full" : "none");
        Optional<String> method = values.text("--recompute-method", "which layers are recomputed");
        OptionalLong layers = values.count("--recompute-num-layers", "recomputed layers");
        Optional<String> modules = values.text("--recompute-modules", "what is recomputed");
        return switch (granularity) {
            case "none" -> Recomputation.NONE;
            case "selective" -> {
                if (method.isPresent() || layers.isPresent()) {
                    throw notes.contradiction(
                            "selective recomputation with --recompute-method or --recompute-num-layers",
                            "full recomputation, or neither of them");
                }
                yield selective(modules.orElse("core_attn"));
            }
            case "full" -> full(method.orElse("uniform"), layers.orElse(1));
            default -> throw notes.invalid("--recompute-granularity", granularity, "full or selective");
        };
    }

    private Recomputation full(String method, long layers) {
        return switch (method) {
            case "uniform" -> {
                if (layers > 1) {
                    notes.ignored(
                            "--recompute-num-layers",
                            Long.toString(layers),
                            "groups of layers that share a checkpoint are not modelled: each layer has its own");
                }
                yield Recomputation.everywhere(Piece.LAYER);
            }
            case "block" -> new Recomputation(Set.of(Piece.LAYER), new LayerPattern.First(layers));
            default -> throw notes.invalid("--recompute-method", method, "uniform or block");
        };
    }

    private Recomputation selective(String modules) {
        Set<Piece> pieces = EnumSet.noneOf(Piece.class);
        for (String module : modules.strip().split("\\s+", -1)) {
            switch (module) {
                case "core_attn" -> pieces.add(Piece.CORE_ATTENTION);
                case "moe_act" -> pieces.add(Piece.ACTIVATION);
                case "layernorm" -> pieces.add(Piece.NORMALIZATION);
                case "mla_up_proj" -> pieces.add(Piece.LATENT_UP_PROJECTION);
                case "mlp", "moe" -> pieces.add(Piece.FEED_FORWARD);
                default -> notes.ignored("--recompute-modules", module, "not modelled: kept instead");
            }
        }
        return pieces.isEmpty() ? Recomputation.NONE : Recomputation.everywhere(pieces.toArray(Piece[]::new));
    }

    private LaunchPrecision precision() {
        boolean brain = values.isOn("--bf16", "weights and activations in bf16");
        boolean half = values.isOn("--fp16", "weights and activations in f16");
        if (brain && half) {
            throw notes.contradiction("--bf16 beside --fp16", "one of them");
        }
        boolean narrow = values.isOn("--grad-reduce-in-bf16", "gradients in bf16");
        boolean wide = values.isOn("--accumulate-allreduce-grads-in-fp32", "gradients in f32");
        if (narrow && wide && half) {
            throw notes.contradiction(
                    "--grad-reduce-in-bf16 beside --accumulate-allreduce-grads-in-fp32", "one of them");
        }
        Products products =
                values.text("--fp8-format", "linear maps in eight bits").isPresent()
                        ? Products.EIGHT_BIT
                        : Products.AS_WEIGHTS;
        values.isOn("--use-precision-aware-optimizer", "states in data types of their own");
        DataType states = type("--exp-avg-dtype", "the optimizer's first moment", DataType.F32);
        if (!type("--exp-avg-sq-dtype", "the optimizer's second moment", states).equals(states)) {
            throw notes.contradiction(
                    "moments of two data types, which is not modelled",
                    "one for --exp-avg-dtype and --exp-avg-sq-dtype");
        }
        DataType master = type("--main-params-dtype", "the copy of the weights", DataType.F32);
        DataType summed = type("--main-grads-dtype", "gradients as they are added up", DataType.F32);
        if (!brain && !half) {
            return LaunchPrecision.FULL.withProducts(products);
        }
        DataType weights = brain ? DataType.BF16 : DataType.F16;
        boolean twoBytes = narrow || (half && !wide);
        return new LaunchPrecision(weights, twoBytes ? weights : summed, Optional.of(master), states, products);
    }

    private DataType type(String flag, String meaning, DataType usual) {
        Optional<String> text = values.text(flag, meaning);
        if (text.isEmpty()) {
            return usual;
        }
        return switch (text.get()) {
            case "fp32" -> DataType.F32;
            case "bf16" -> DataType.BF16;
            case "fp16" -> DataType.F16;
            case "fp8" -> DataType.F8_E4M3;
            default -> throw notes.invalid(flag, text.get(), "fp32, bf16, fp16 or fp8");
        };
    }

    /// Megatron-LM's `adam` decays weights apart from the gradient, so it is AdamW.
    private String optimizer() {
        String name = values.text("--optimizer", "the optimizer").orElse("adam");
        return switch (name) {
            case "adam" -> "adamw";
            case "sgd" -> "momentum";
            case "muon", "dist_muon", "adaptive_muon" -> "muon";
            default -> throw notes.invalid("--optimizer", name, "adam, sgd or muon");
        };
    }

    private Set<Offloaded> offloaded() {
        Set<Offloaded> offloaded = EnumSet.noneOf(Offloaded.class);
        if (values.isOn("--optimizer-cpu-offload", "the optimizer's states are kept in the host")) {
            offloaded.add(Offloaded.OPTIMIZER_STATES);
        }
        if (values.isOn("--cpu-offloading", "activations are kept in the host")) {
            offloaded.add(Offloaded.ACTIVATIONS);
        }
        return offloaded;
    }
}

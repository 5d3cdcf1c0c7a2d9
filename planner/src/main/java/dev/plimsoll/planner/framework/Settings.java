package dev.plimsoll.planner.framework;

import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.Recomputation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a profile sets, in words, for people.
public final class Settings {
    /// One of them.
    public record Setting(String name, String value) {}

    private Settings() {}

    public static List<Setting> of(FrameworkProfile profile) {
        List<Setting> settings = new ArrayList<>();
        settings.add(new Setting("source", profile.description()));
        Precision precision = profile.defaults().precision();
        settings.add(new Setting("precision", precision.name()));
        settings.add(new Setting("recompute", recomputation(profile.defaults().recomputation())));
        settings.add(new Setting("recompute selective", recomputation(profile.selective())));
        settings.add(new Setting("zero", zero(profile.defaults().sharding())));
        settings.add(new Setting("sequence parallel", words(profile.defaults().sequence())));
        ActivationRules rules = profile.activations();
        settings.add(new Setting(
                "attention",
                switch (rules.attention()) {
                    case AttentionKernel.Tiled tiled -> "in tiles";
                    case AttentionKernel.Materialised all -> "scores written out";
                }));
        settings.add(new Setting("gates", words(rules.gates())));
        settings.add(new Setting("normalisations", words(rules.norms())));
        settings.add(new Setting("rotations", words(rules.rotations())));
        settings.add(new Setting("grouped heads", words(rules.groupedHeads())));
        settings.add(new Setting("inputs of split products", words(rules.productInputs())));
        settings.add(new Setting("expert weights", words(rules.expertWeights())));
        settings.add(new Setting("outputs exchanged", words(rules.exchangedOutputs())));
        settings.add(new Setting("selected but unread outputs", words(rules.unreadOutputs())));
        settings.add(new Setting("inputs of 8-bit products", words(rules.eightBitInputs())));
        settings.add(
                new Setting("bytes a logit", Integer.toString(profile.logits().bytesEach())));
        settings.add(new Setting("head's inputs", words(profile.logits().inputs())));
        BufferRules buffers = profile.buffers();
        settings.add(new Setting("spare gradients", words(buffers.spareGradients())));
        settings.add(new Setting("gradients", words(buffers.gradients())));
        settings.add(new Setting("gathering", words(buffers.gathering())));
        settings.add(new Setting("bucket", buffers.bucketElements() + " numbers"));
        settings.add(new Setting("fixed", buffers.fixed().toString()));
        settings.add(new Setting("vocabulary", "padded to a multiple of " + profile.vocabularyMultiple() + " x tp"));
        settings.add(new Setting("pipeline split", words(profile.split())));
        settings.add(new Setting("recomputed layers are numbered by", words(profile.numbering())));
        return List.copyOf(settings);
    }

    private static String recomputation(Recomputation recomputation) {
        if (recomputation.what().isEmpty()) {
            return "none";
        }
        return recomputation.what().stream()
                .map(Settings::words)
                .sorted()
                .reduce((left, right) -> left + ", " + right)
                .orElse("none");
    }

    private static String zero(Sharding sharding) {
        return switch (sharding) {
            case NONE -> "0";
            case OPTIMIZER -> "1";
            case GRADIENTS -> "2";
            case WEIGHTS -> "3";
        };
    }

    private static String words(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

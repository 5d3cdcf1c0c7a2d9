package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.SelectiveScan;
import dev.plimsoll.model.architecture.Sublayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// State spaces without attention, and the readers of their keys that hybrids share.
final class StateSpaceFamilies {
    static final Map<String, Family> ALL = Map.ofEntries(
            Map.entry("mamba", config -> mamba(config).transformer()),
            Map.entry("falcon_mamba", config -> falconMamba(config).transformer()),
            Map.entry("mamba2", config -> mamba2(config).transformer()));

    private StateSpaceFamilies() {}

    /// One selective scan a layer, `expand` times as wide as the stream.
    static Decoder mamba(Config config) {
        long inner = config.has("expand") || !config.has("intermediate_size")
                ? Math.multiplyExact(config.sizeOr(2, "expand"), Keys.hidden(config))
                : config.size("intermediate_size");
        return stateSpaces(config, RecurrentNamings.MAMBA, scan(config, inner, Optional.empty()))
                .head(HeadRecipe.Weights.TIED);
    }

    /// Mamba with normalised time steps, B and C, without gains; `intermediate_size` goes before `expand`.
    static Decoder falconMamba(Config config) {
        long inner = config.optionalSize("intermediate_size")
                .orElseGet(() -> Math.multiplyExact(config.sizeOr(2, "expand"), Keys.hidden(config)));
        NormRecipe norm = NormRecipe.rootMeanSquare(config.realOr(1e-6, "mixer_rms_eps"));
        return stateSpaces(
                        config,
                        RecurrentNamings.MAMBA,
                        scan(config, inner, Optional.of(norm.with(NormRecipe.Affine.NONE))))
                .head(HeadRecipe.Weights.TIED);
    }

    /// One grouped state space a layer, its gated output normalised as a whole.
    static Decoder mamba2(Config config) {
        long inner = Math.multiplyExact(config.sizeOr(2, "expand"), Keys.hidden(config));
        long heads = config.sizeOr(128, "num_heads");
        GroupedStateSpace space = new GroupedStateSpace(
                heads,
                headSize(config, "head_dim", inner, heads),
                groups(config, 8, heads, "n_groups"),
                config.sizeOr(128, "state_size"),
                config.smallSizeOr(4, "conv_kernel"),
                Keys.presence(!config.isFalse("use_conv_bias")),
                Keys.presence(config.isTrue("use_bias")),
                Optional.of(new GroupedStateSpace.GatedNorm(
                        Keys.rootMeanSquare(config), 1, GroupedStateSpace.Order.GATE_FIRST)));
        return stateSpaces(config, RecurrentNamings.MAMBA_2, space).head(HeadRecipe.Weights.OWN);
    }

    /// Hybrids' grouped state space: their keys begin with `mamba_`, and its head size may be left to be computed.
    ///
    /// @param inner heads times head size
    static GroupedStateSpace grouped(Config config, long inner, Optional<GroupedStateSpace.GatedNorm> norm) {
        long heads = config.sizeOr(128, "mamba_n_heads");
        return new GroupedStateSpace(
                heads,
                headSize(config, "mamba_d_head", inner, heads),
                groups(config, 1, heads, "mamba_n_groups"),
                config.sizeOr(256, "mamba_d_state"),
                config.smallSizeOr(4, "mamba_d_conv"),
                Keys.presence(!config.isFalse("mamba_conv_bias")),
                Keys.presence(config.isTrue("mamba_proj_bias")),
                norm);
    }

    /// The rank of a selective scan's time step: as said, or a sixteenth of the hidden size.
    static long timeStepRank(Config config, String rankKey) {
        return config.isText(rankKey) || !config.has(rankKey)
                ? Math.ceilDiv(Keys.hidden(config), 16)
                : config.size(rankKey);
    }

    /// The width of a state space's heads: as said, or what is left of `inner`; both must agree.
    private static long headSize(Config config, String key, long inner, long heads) {
        long size = config.isText(key) || !config.has(key) ? Math.max(1, inner / heads) : config.size(key);
        if (Math.multiplyExact(size, heads) != inner) {
            throw config.invalid(key, Long.toString(size), inner + " divided by the " + heads + " heads");
        }
        return size;
    }

    /// The number of groups, which must share the heads evenly.
    static long groups(Config config, long familyDefault, long heads, String... keys) {
        long groups = config.sizeOr(familyDefault, keys);
        if (heads % groups != 0) {
            throw config.invalid(keys[0], Long.toString(groups), "a divisor of the " + heads + " heads");
        }
        return groups;
    }

    private static SelectiveScan scan(Config config, long inner, Optional<NormRecipe> norm) {
        return new SelectiveScan(
                inner,
                config.sizeOr(16, "state_size"),
                config.smallSizeOr(4, "conv_kernel"),
                timeStepRank(config, "time_step_rank"),
                Keys.presence(!config.isFalse("use_conv_bias")),
                Keys.presence(config.isTrue("use_bias")),
                norm);
    }

    private static Decoder stateSpaces(Config config, Naming naming, Sublayer space) {
        NormRecipe norm = NormRecipe.rootMeanSquare(config.realOr(1e-5, "layer_norm_epsilon", "rms_norm_eps"));
        return new Decoder(config, naming, norm, layer -> List.of(space));
    }
}

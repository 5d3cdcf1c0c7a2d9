package dev.plimsoll.formats.config;

import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.model.shape.MatrixPacking.Group;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// MLX's `quantization`: one form for the model, and other ones for modules that are named beside it.
///
/// Every linear map and every table is converted whose inputs are whole groups, embedding, head and routers included.
/// Source: mlx-lm, `quantize_model` of `mlx_lm/utils.py`.
final class MlxQuantization {
    private static final Set<String> OF_THE_MODEL =
            Set.of("group_size", "bits", "mode", "quant_method", "linear_class", "quantize_input");

    private MlxQuantization() {}

    /// Packed values with a 16-bit scale and a 16-bit bias for each group; in the other modes an 8-bit scale alone.
    static Optional<MatrixPacking> weights(Config config) {
        String mode = config.text("mode").orElse("affine");
        return switch (mode) {
            case "affine" -> {
                int bits = config.has("bits") ? QuantizationMethods.bits(config) : 4;
                yield Optional.of(QuantizationMethods.scaled(bits, group(config, 64), 32));
            }
            case "mxfp4" -> Optional.of(QuantizationMethods.scaled(4, group(config, 32), 8));
            case "mxfp8" -> Optional.of(QuantizationMethods.scaled(8, group(config, 32), 8));
            case "nvfp4" -> Optional.of(QuantizationMethods.scaled(4, group(config, 16), 8));
            // Names of modes are a stranger's texts, so there is always one more.
            default -> Optional.empty();
        };
    }

    private static Group group(Config config, long usual) {
        return new Group.Neighbours(config.sizeOr(usual, "group_size"));
    }

    /// The modules that are named beside the form of the model: an object is another form, `false` none.
    static ModuleForms modules(Config config) {
        Map<String, ModuleForms.Form> modules = new LinkedHashMap<>();
        for (String key : config.keys()) {
            if (OF_THE_MODEL.contains(key)) {
                continue;
            }
            if (config.isObject(key)) {
                config.nested(key)
                        .flatMap(MlxQuantization::weights)
                        .ifPresent(packing -> modules.put(key, new ModuleForms.Form.Packed(packing)));
            } else if (key.contains(".") && config.isFalse(key)) {
                modules.put(key, new ModuleForms.Form.AsItWas());
            }
        }
        return new ModuleForms(modules);
    }
}

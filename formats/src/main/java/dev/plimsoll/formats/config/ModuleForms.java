package dev.plimsoll.formats.config;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.shape.MatrixPacking;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a config says single modules are held, by their names (MLX); all others are held as the whole model is.
public final class ModuleForms {
    public static final ModuleForms NONE = new ModuleForms(Map.of());

    private static final String WEIGHT = ".weight";
    /// MLX puts a text model under this name beside a vision tower.
    private static final String WRAPPER = "language_model.";
    /// All experts of a layer are one module in MLX: of this name, or the one they have elsewhere.
    private static final List<String> STACKED = List.of("switch_mlp.", "experts.");

    private final Map<String, Form> byModule;

    ModuleForms(Map<String, Form> byModule) {
        this.byModule = Map.copyOf(byModule);
    }

    /// How a module is held.
    public sealed interface Form {
        /// Not quantised.
        record AsItWas() implements Form {}

        record Packed(MatrixPacking packing) implements Form {}
    }

    /// What is said of the module that a parameter belongs to, empty where nothing is.
    public Optional<Form> of(Parameter parameter, long layer) {
        if (byModule.isEmpty()) {
            return Optional.empty();
        }
        for (TensorName name : parameter.names().huggingFace()) {
            for (String module : modules(parameter, name.in(layer, 0))) {
                Optional<Form> form = named(module);
                if (form.isPresent()) {
                    return form;
                }
            }
        }
        return Optional.empty();
    }

    /// By the whole name, or as files of several models have it: with a prefix more or less.
    private Optional<Form> named(String module) {
        Optional<Form> wrapped = Optional.ofNullable(byModule.get(WRAPPER + module));
        for (String rest = module; wrapped.isEmpty(); rest = rest.substring(rest.indexOf('.') + 1)) {
            wrapped = Optional.ofNullable(byModule.get(rest));
            if (rest.indexOf('.') < 0) {
                break;
            }
        }
        return wrapped;
    }

    private static List<String> modules(Parameter parameter, String tensor) {
        String module = tensor.endsWith(WEIGHT) ? tensor.substring(0, tensor.length() - WEIGHT.length()) : tensor;
        List<String> modules = new ArrayList<>(List.of(module));
        int experts = tensor.indexOf("experts.");
        if (parameter.name().startsWith("experts.") && experts >= 0) {
            // "experts.gate.weight" is the gate.
            String projection = parameter.name().split("\\.", -1)[1] + "_proj";
            STACKED.forEach(stack -> modules.add(tensor.substring(0, experts) + stack + projection));
        }
        return modules;
    }
}

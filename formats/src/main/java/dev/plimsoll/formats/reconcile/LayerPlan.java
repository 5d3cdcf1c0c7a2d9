package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.shape.Axis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tensors of one layer: which parameters lie in which, the same for every layer that names them alike.
///
/// @param names the chosen name of each parameter
record LayerPlan(List<TensorName> names, List<Entry> entries) {
    static final LayerPlan EMPTY = new LayerPlan(List.of(), List.of());

    /// A tensor, or one for each expert.
    ///
    /// @param tensors how many
    /// @param matrices what a packed form would hold
    record Entry(TensorName name, long tensors, Layout layout, Optional<Matrices> matrices) {

        /// How the tensor holds what it should; empty where its shape is another.
        Optional<PackedForm.Packing> form(StoredTensor tensor) {
            if (layout.allows(tensor.dimensions())) {
                return Optional.of(new PackedForm.Packing(tensor.type().name(), tensor.type()));
            }
            if (matrices.isPresent()) {
                for (PackedForm form : PackedForm.values()) {
                    Optional<PackedForm.Packing> packing = form.of(matrices.get(), tensor);
                    if (packing.isPresent()) {
                        return packing;
                    }
                }
            }
            return Optional.empty();
        }
    }

    /// Parameters of one name are fused.
    static LayerPlan of(List<Parameter> parameters, List<TensorName> names) {
        Map<TensorName, List<Parameter>> fused = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            fused.computeIfAbsent(names.get(i), name -> new ArrayList<>()).add(parameters.get(i));
        }
        List<Entry> entries = new ArrayList<>();
        fused.forEach((name, together) -> entries.add(new Entry(
                name,
                name.isPerExpert() ? together.getFirst().shape().size(Axis.EXPERTS) : 1,
                Layout.of(together, name),
                Matrices.of(together, name))));
        return new LayerPlan(names, entries);
    }
}

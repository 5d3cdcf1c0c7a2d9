package dev.plimsoll.engine.training;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.List;

/// Where a model's parameters come from.
@FunctionalInterface
public interface ParameterSource {
    /// One parameter's elements.
    ///
    /// @throws dev.plimsoll.model.failure.InputException where there is none
    Given read(ParameterPlace place);

    /// A parameter as it was given.
    ///
    /// @param dimensions outermost first, to be compared with [dev.plimsoll.model.operator.Parameter#fileDimensions()]
    /// @param elements as many as the dimensions' product, the innermost dimension fastest
    @SuppressWarnings("ArrayRecordComponent") // handed over, not kept
    record Given(List<Long> dimensions, float[] elements) {
        public Given {
            dimensions = List.copyOf(dimensions);
        }

        /// The elements, where they are what a place needs.
        ///
        /// @throws InputException where they are of other dimensions, or no finite numbers
        public float[] checked(ParameterPlace place) {
            List<Long> expected = place.parameter().fileDimensions();
            if (!dimensions.equals(expected)
                    || elements.length != place.parameter().elements()) {
                throw new InputException(
                        FailureKind.UNREADABLE,
                        "%s: found the dimensions %s, expected %s"
                                .formatted(Text.printable(place.name()), dimensions, expected),
                        "Give the parameters of this model.");
            }
            for (int i = 0; i < elements.length; i++) {
                if (!Float.isFinite(elements[i])) {
                    throw new InputException(
                            FailureKind.UNREADABLE,
                            "%s: found %s as element %d, expected finite numbers"
                                    .formatted(Text.printable(place.name()), elements[i], i),
                            "Give parameters that were saved from a healthy training.");
                }
            }
            return elements;
        }
    }
}

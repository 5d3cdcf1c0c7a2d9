package dev.plimsoll.engine.training;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.ParameterPart;
import dev.plimsoll.model.shape.Dimension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A device's parts of a model's parameters, cut from the whole ones.
final class SlicedParameters implements ParameterSource {
    private final ParameterSource whole;
    private final Map<String, ParameterPart> parts = new HashMap<>();

    SlicedParameters(ParameterSource whole, List<ParameterPart> parts) {
        this.whole = whole;
        parts.forEach(part -> this.parts.put(part.tensor(), part));
    }

    @Override
    public Given read(ParameterPlace place) {
        ParameterPart part = parts.get(place.name());
        if (part == null) {
            throw new IllegalStateException("the device has no part of " + place.name());
        }
        ParameterPlace all = new ParameterPlace(place.label(), place.layer(), part.whole());
        float[] elements = whole.read(all).checked(all);
        float[] own = new float[Math.toIntExact(part.part().elements())];
        Window.of(part).cut(elements, own);
        return new Given(part.part().fileDimensions(), own);
    }

    /// Where a part lies in the whole: a run of entries along each axis.
    ///
    /// @param sizes of the whole along each axis
    /// @param from the part's first entry along each axis
    /// @param counts the part's entries along each axis
    @SuppressWarnings("ArrayRecordComponent") // lives for a copy
    record Window(int[] sizes, int[] from, int[] counts) {
        static Window of(ParameterPart part) {
            int[] sizes = sizes(part.whole());
            int[] counts = sizes(part.part());
            int[] from = new int[sizes.length];
            List<Dimension> dimensions = part.whole().shape().dimensions();
            for (int i = 0; i < sizes.length; i++) {
                for (ParameterPart.Slice slice : part.slices()) {
                    if (slice.axis() == dimensions.get(i).axis() && counts[i] < sizes[i]) {
                        from[i] = Math.toIntExact(slice.from());
                    }
                }
            }
            return new Window(sizes, from, counts);
        }

        private static int[] sizes(Parameter parameter) {
            return parameter.shape().dimensions().stream()
                    .mapToInt(dimension -> Math.toIntExact(((Dimension.Fixed) dimension).size()))
                    .toArray();
        }

        /// Copies the part's elements out of the whole.
        void cut(float[] whole, float[] part) {
            rows(0, 0, 0, (inWhole, inPart, length) -> System.arraycopy(whole, inWhole, part, inPart, length));
        }

        /// Copies the part's elements to their places in the whole.
        void paste(float[] part, float[] whole) {
            rows(0, 0, 0, (inWhole, inPart, length) -> System.arraycopy(part, inPart, whole, inWhole, length));
        }

        @FunctionalInterface
        private interface Row {
            void copy(int inWhole, int inPart, int length);
        }

        /// Every run of neighbours, from the places of the axes before `axis` on.
        private void rows(int axis, int inWhole, int inPart, Row row) {
            if (axis >= sizes.length - 1) {
                int length = sizes.length == 0 ? 1 : counts[axis];
                int first = sizes.length == 0 ? 0 : from[axis];
                row.copy(inWhole * (sizes.length == 0 ? 1 : sizes[axis]) + first, inPart * length, length);
                return;
            }
            for (int i = 0; i < counts[axis]; i++) {
                rows(axis + 1, inWhole * sizes[axis] + from[axis] + i, inPart * counts[axis] + i, row);
            }
        }
    }
}

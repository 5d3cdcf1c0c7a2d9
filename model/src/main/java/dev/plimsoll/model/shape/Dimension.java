package dev.plimsoll.model.shape;

/// One axis of a shape and how long it is: fixed by the model, or open until a workload is given.
public sealed interface Dimension {
    Axis axis();

    /// An axis whose size the model fixes, at least 1.
    record Fixed(Axis axis, long size) implements Dimension {
        public Fixed {
            if (axis.isOpen()) {
                throw new IllegalArgumentException(axis + " is as long as the workload says, not " + size);
            }
            if (size < 1) {
                throw new IllegalArgumentException(axis + " must be at least 1 but is " + size);
            }
        }

        @Override
        public String toString() {
            return axis.letter() + size;
        }
    }

    /// An axis whose size the workload gives, or one of the equal parts of such an axis.
    ///
    /// @param parts how many devices share it, each with one part
    record Open(Axis axis, long parts) implements Dimension {
        public Open {
            if (!axis.isOpen()) {
                throw new IllegalArgumentException(axis + " has a size that the model fixes");
            }
            if (parts < 1) {
                throw new IllegalArgumentException(axis + " has at least 1 part, not " + parts);
            }
        }

        /// The whole axis.
        public Open(Axis axis) {
            this(axis, 1);
        }

        /// How long it is.
        ///
        /// @param whole the length of the whole axis
        /// @throws IllegalArgumentException where that has no such equal parts
        public long size(long whole) {
            if (whole % parts != 0) {
                throw new IllegalArgumentException(
                        whole + " entries of " + axis + " have no " + parts + " equal parts");
            }
            return whole / parts;
        }

        @Override
        public String toString() {
            return parts == 1 ? axis.letter() : axis.letter() + "/" + parts;
        }
    }
}

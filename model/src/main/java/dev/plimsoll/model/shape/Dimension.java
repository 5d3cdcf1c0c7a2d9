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

    /// An axis whose size the workload gives.
    record Open(Axis axis) implements Dimension {
        public Open {
            if (!axis.isOpen()) {
                throw new IllegalArgumentException(axis + " has a size that the model fixes");
            }
        }

        @Override
        public String toString() {
            return axis.letter();
        }
    }
}

package dev.plimsoll.engine.meter;

/// What one thread did: multiply-adds, and bytes of held tensors read and written.
///
/// Multiply-adds have two counts: *logical*, those the product asks for, and *executed*, those the lanes really did
/// (a tile that hangs over the edge of a matrix multiplies zeros too). Not thread-safe: each worker has its own.
public final class Work {
    private static final Work IGNORED = new Work(State.IGNORING);

    private static final int LOGICAL = 8;
    private static final int EXECUTED = 9;
    private static final int READ = 10;
    private static final int WRITTEN = 11;

    private enum State {
        COUNTING,
        IGNORING
    }

    private final State state;
    /// The four counts, with a cache line free on either side: two workers never write to the same line.
    private final long[] counts = new long[20];

    private Work(State state) {
        this.state = state;
    }

    /// A counter at zero.
    public static Work counting() {
        return new Work(State.COUNTING);
    }

    /// One that stays at zero; any number of threads may share it.
    public static Work ignored() {
        return IGNORED;
    }

    /// One multiply-add, asked for and executed.
    public void multiplyAdd() {
        multiplyAdds(1, 1);
    }

    public void multiplyAdds(long logical, long executed) {
        if (state == State.COUNTING) {
            counts[LOGICAL] += logical;
            counts[EXECUTED] += executed;
        }
    }

    /// Bytes of a held tensor that were read, in its own data type.
    public void read(long bytes) {
        if (state == State.COUNTING) {
            counts[READ] += bytes;
        }
    }

    /// Bytes of a held tensor that were written, in its own data type.
    public void written(long bytes) {
        if (state == State.COUNTING) {
            counts[WRITTEN] += bytes;
        }
    }

    public Counts counts() {
        return new Counts(counts[LOGICAL], counts[EXECUTED], counts[READ], counts[WRITTEN]);
    }
}

package dev.plimsoll.planner.time;

/// What one pass over a block takes one device for one micro-batch, in seconds.
///
/// @param products matrix products
/// @param attention attention cores
/// @param elementWise everything that only moves bytes
/// @param waiting for the host, where it dispatches operators more slowly than the device runs them
/// @param tensor what shows of tensor parallelism's collectives
/// @param context what shows of context parallelism's
/// @param expert what shows of the exchange of tokens between experts' devices
public record PassTime(
        double products,
        double attention,
        double elementWise,
        double waiting,
        double tensor,
        double context,
        double expert) {
    public static final PassTime NONE = new PassTime(0, 0, 0, 0, 0, 0, 0);

    /// All of it.
    public double seconds() {
        return products + attention + elementWise + waiting + communication();
    }

    /// What shows of collectives.
    public double communication() {
        return tensor + context + expert;
    }

    public PassTime plus(PassTime other) {
        return new PassTime(
                products + other.products,
                attention + other.attention,
                elementWise + other.elementWise,
                waiting + other.waiting,
                tensor + other.tensor,
                context + other.context,
                expert + other.expert);
    }

    public PassTime times(double factor) {
        return new PassTime(
                products * factor,
                attention * factor,
                elementWise * factor,
                waiting * factor,
                tensor * factor,
                context * factor,
                expert * factor);
    }
}

package dev.plimsoll.formats.hub;

/// What a user asks the hub for: a model, and of several checkpoints in it which.
///
/// @param choice a file's name, or what a file's name says of its data type, for example `Q4_K_M`; empty for the only
/// checkpoint there is
public record HubReference(HubModel model, String choice) {
    /// Reads `hf:owner/name`, `hf:owner/name@revision` or either with `:choice` behind it.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when it is no such reference, or the names break the hub's
    /// rules
    public static HubReference parse(String reference) {
        int slash = reference.indexOf('/');
        int colon = slash < 0 ? -1 : reference.indexOf(':', slash);
        return colon < 0
                ? new HubReference(HubModel.parse(reference), "")
                : new HubReference(HubModel.parse(reference.substring(0, colon)), reference.substring(colon + 1));
    }
}

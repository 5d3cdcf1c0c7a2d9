package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.List;

/// Where a checkpoint is not what its config describes; collected, so that one error tells of all of them.
final class Disagreements {
    private static final int SHOWN = 3;

    private final String file;
    private final List<String> first = new ArrayList<>();
    private long count;

    /// @param file what the error calls the checkpoint
    Disagreements(String file) {
        this.file = file;
    }

    void missing(String tensor, Dimensions expected) {
        add("tensor " + Text.printable(tensor) + ": not there, expected " + expected);
    }

    void otherShape(StoredTensor tensor, Dimensions expected) {
        add("tensor " + Text.printable(tensor.name()) + ": found "
                + tensor.type().name() + " " + tensor.dimensions() + ", expected " + expected);
    }

    private void add(String disagreement) {
        if (first.size() < SHOWN) {
            first.add(disagreement);
        }
        count++;
    }

    /// @throws InputException when there is any
    void refuse() {
        if (count == 0) {
            return;
        }
        String more = count > SHOWN ? "; and " + Numbers.grouped(count - SHOWN) + " more" : "";
        throw InputException.unreadable(
                Text.printable(file) + ": " + String.join("; ", first) + more,
                "The checkpoint and the config are of different models, or the checkpoint is incomplete: fetch both again.");
    }
}

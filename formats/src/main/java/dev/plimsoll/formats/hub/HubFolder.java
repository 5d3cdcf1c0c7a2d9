package dev.plimsoll.formats.hub;

import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The files of a model on the hub at one commit, so that no two of them can come from different versions.
public final class HubFolder implements SourceFolder {
    private static final int LARGEST_SMALL = 16 << 20;

    private final Hub hub;
    private final HubModel model;
    private final HubListing listing;
    private final HubClient client;
    private final HubCache cache;

    HubFolder(Hub hub, HubModel model, HubListing listing, HubClient client, HubCache cache) {
        this.hub = hub;
        this.model = model;
        this.listing = listing;
        this.client = client;
        this.cache = cache;
    }

    /// The model as it was asked for.
    public HubModel model() {
        return model;
    }

    /// The commit that the revision named, 40 hexadecimal digits.
    public String commit() {
        return listing.commit();
    }

    /// Names of all files at the commit, in order, with `/` between their parts.
    public SortedSet<String> files() {
        return listing.files();
    }

    /// What errors call a file: `hf:owner/name/config.json`.
    public String nameOf(String fileName) {
        return model.reference() + "/" + Text.printable(fileName);
    }

    /// What happened that an answer should mention: that the cache could not be written.
    public List<String> notes() {
        return cache.note().stream().toList();
    }

    /// Opens a file, of which only the pieces that are read are fetched.
    ///
    /// @throws InputException when the name leaves the repository or is not in it, or the file's beginning cannot
    /// be had
    @Override
    public ByteSource open(String namedBy, String fileName) {
        if (!HubFileName.isWithin(fileName)) {
            throw InputException.unreadable(
                    namedBy + ": names \"" + Text.printable(fileName)
                            + "\", which leaves the repository, expected a file in it",
                    "Do not trust this model.");
        }
        if (!listing.files().contains(fileName)) {
            throw InputException.unreadable(
                    namedBy + ": names " + Text.printable(fileName) + ", which is not in " + model.reference(),
                    "Choose another revision, or tell the owner of the model.");
        }
        return new HubFile(new HubPieces(this, cache, fileName));
    }

    /// A small file as a whole, such as config.json; empty when the model has none.
    ///
    /// @throws InputException when it is larger than 16 MiB, or cannot be had
    public Optional<byte[]> small(String fileName) {
        if (!listing.files().contains(fileName)) {
            return Optional.empty();
        }
        try (ByteSource source = open(model.reference(), fileName)) {
            if (source.length() > LARGEST_SMALL) {
                throw InputException.unreadable(
                        source.name() + ": " + Numbers.grouped(source.length())
                                + " bytes, expected a small file of at most 16 MiB",
                        "Check the name of the model.");
            }
            byte[] bytes = new byte[(int) source.length()];
            source.read(0, bytes.length).get(bytes);
            return Optional.of(bytes);
        }
    }

    HubPiece fetch(String fileName, HubPart.Range range) {
        return switch (hub.access()) {
            case ONLINE -> client.piece(nameOf(fileName), listing.commit(), fileName, range);
            case OFFLINE ->
                throw HubFailure.surroundings(
                        nameOf(fileName) + ": offline, and its bytes from " + Numbers.grouped(range.offset())
                                + " are not in the cache "
                                + Text.printable(cache.folder().toString()),
                        "Run it once online (without --offline and HF_HUB_OFFLINE), or give a local file.");
        };
    }
}

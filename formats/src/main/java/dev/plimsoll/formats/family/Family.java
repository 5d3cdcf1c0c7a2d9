package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.model.architecture.Transformer;

/// Makes a Transformer of a config.
@FunctionalInterface
public interface Family {
    Transformer describe(Config config);
}

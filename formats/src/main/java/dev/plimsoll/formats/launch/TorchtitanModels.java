package dev.plimsoll.formats.launch;

import java.util.Map;

/// torchtitan's names of models, in those of the built-in catalogue.
final class TorchtitanModels {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("llama3 8B", "llama-3.1-8b"),
            Map.entry("llama3 70B", "llama-3.1-70b"),
            Map.entry("llama3 405B", "llama-3.1-405b"),
            Map.entry("llama2 7B", "llama-2-7b"),
            Map.entry("llama2 13B", "llama-2-13b"),
            Map.entry("llama2 70B", "llama-2-70b"),
            Map.entry("llama4 17bx16e", "llama-4-scout"),
            Map.entry("llama4 17bx128e", "llama-4-maverick"),
            Map.entry("deepseek_v3 671B", "deepseek-v3"),
            Map.entry("qwen3 0.6B", "qwen3-0.6b"),
            Map.entry("qwen3 1.7B", "qwen3-1.7b"),
            Map.entry("qwen3 32B", "qwen3-32b"));

    private TorchtitanModels() {}

    static LaunchModel of(String name, String flavor) {
        String published = NAMES.get(name + " " + flavor);
        return published == null ? new LaunchModel.Foreign(name + " " + flavor) : new LaunchModel.Published(published);
    }

    /// torchtitan's name and flavor of a model of the catalogue, with a blank between; the empty text when it has none.
    static String foreign(String published) {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue().equals(published))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }
}

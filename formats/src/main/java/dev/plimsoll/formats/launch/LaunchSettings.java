package dev.plimsoll.formats.launch;

/// What a launch file says of a training run; what it leaves open is empty.
///
/// @param profile which of the framework's ways to run a layer, as `--framework` names it: for example `megatron-te`
public record LaunchSettings(
        LaunchFramework framework,
        String profile,
        LaunchModel model,
        LaunchLayout layout,
        LaunchBatch batch,
        LaunchMethod method) {}

package dev.plimsoll.formats.hub;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/// Whom an address belongs to: scheme, host and port. A secret for one is none of another's business.
///
/// @param port the scheme's own where the address names none
record HubOrigin(String scheme, String host, int port) {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|\\[::1]|127(?:\\.\\d{1,3}){3}");

    /// @param address an absolute http or https address with a host
    static HubOrigin of(URI address) {
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        int port = address.getPort() < 0 ? usual : address.getPort();
        return new HubOrigin(scheme, address.getHost().toLowerCase(Locale.ROOT), port);
    }

    /// Whether an address is http or https and has a host and no password in it.
    static boolean isWeb(URI address) {
        return ("https".equalsIgnoreCase(address.getScheme()) || "http".equalsIgnoreCase(address.getScheme()))
                && address.getHost() != null
                && address.getUserInfo() == null;
    }

    /// Whether nobody on the way can read what is sent: it is encrypted, or does not leave this machine.
    boolean isPrivate() {
        return scheme.equals("https") || LOOPBACK.matcher(host).matches();
    }
}

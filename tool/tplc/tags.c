#include "tags.h"

#define HEAD_PARENT  "head"
#define TABLE_PARENT "table"

/* Left out on purpose: <base> turns every relative address, <embed>, <applet> and frames have no use, <style>
 * is refused with a message of its own. */
static const struct tag html_tags[] = {
    { "a", T_INTERACTIVE },
    { "abbr", 0 },
    { "address", T_BLOCK | T_ENDS_P },
    { "area", T_VOID },
    { "article", T_BLOCK | T_ENDS_P },
    { "aside", T_BLOCK | T_ENDS_P },
    { "audio", T_INTERACTIVE },
    { "b", 0 },
    { "bdi", 0 },
    { "bdo", 0 },
    { "blockquote", T_BLOCK | T_ENDS_P },
    { "body", T_BLOCK, "html" },
    { "br", T_VOID | T_BLOCK },
    { "button", T_INTERACTIVE },
    { "canvas", 0 },
    { "caption", T_BLOCK, TABLE_PARENT },
    { "cite", 0 },
    { "code", 0 },
    { "col", T_VOID | T_BLOCK, "colgroup" },
    { "colgroup", T_BLOCK | T_ONLY, TABLE_PARENT, "col" },
    { "data", 0 },
    { "datalist", T_ONLY, NULL, "option" },
    { "dd", T_BLOCK, "dl div" },
    { "del", 0 },
    { "details", T_BLOCK | T_ENDS_P | T_INTERACTIVE },
    { "dfn", 0 },
    { "dialog", T_BLOCK | T_ENDS_P },
    { "div", T_BLOCK | T_ENDS_P },
    { "dl", T_BLOCK | T_ENDS_P | T_ONLY, NULL, "dt dd div" },
    { "dt", T_BLOCK, "dl div" },
    { "em", 0 },
    { "fieldset", T_BLOCK | T_ENDS_P },
    { "figcaption", T_BLOCK | T_ENDS_P, "figure" },
    { "figure", T_BLOCK | T_ENDS_P },
    { "footer", T_BLOCK | T_ENDS_P },
    { "form", T_BLOCK | T_ENDS_P },
    { "h1", T_BLOCK | T_ENDS_P | T_HEADING },
    { "h2", T_BLOCK | T_ENDS_P | T_HEADING },
    { "h3", T_BLOCK | T_ENDS_P | T_HEADING },
    { "h4", T_BLOCK | T_ENDS_P | T_HEADING },
    { "h5", T_BLOCK | T_ENDS_P | T_HEADING },
    { "h6", T_BLOCK | T_ENDS_P | T_HEADING },
    { "head", T_BLOCK | T_ONLY, "html", "title meta link script noscript" },
    { "header", T_BLOCK | T_ENDS_P },
    { "hgroup", T_BLOCK | T_ENDS_P },
    { "hr", T_VOID | T_BLOCK | T_ENDS_P },
    { "html", T_BLOCK | T_ONLY, "", "head body" },
    { "i", 0 },
    { "iframe", T_EMPTY | T_INTERACTIVE },
    { "img", T_VOID },
    { "input", T_VOID | T_CONTROL | T_INTERACTIVE },
    { "ins", 0 },
    { "kbd", 0 },
    { "label", T_INTERACTIVE },
    { "legend", T_BLOCK, "fieldset" },
    { "li", T_BLOCK, "ul ol menu" },
    { "link", T_VOID | T_BLOCK },
    { "main", T_BLOCK | T_ENDS_P },
    { "map", 0 },
    { "mark", 0 },
    { "menu", T_BLOCK | T_ENDS_P | T_ONLY, NULL, "li" },
    { "meta", T_VOID | T_BLOCK },
    { "meter", 0 },
    { "nav", T_BLOCK | T_ENDS_P },
    { "noscript", T_BLOCK },
    { "object", T_INTERACTIVE },
    { "ol", T_BLOCK | T_ENDS_P | T_ONLY, NULL, "li" },
    { "optgroup", T_BLOCK | T_ONLY, "select", "option" },
    { "option", T_BLOCK, "select optgroup datalist", "" },
    { "output", 0 },
    { "p", T_BLOCK | T_ENDS_P },
    { "picture", T_ONLY, NULL, "source img" },
    { "pre", T_BLOCK | T_ENDS_P | T_EXACT },
    { "progress", 0 },
    { "q", 0 },
    { "rp", 0, "ruby" },
    { "rt", 0, "ruby" },
    { "ruby", 0 },
    { "s", 0 },
    { "samp", 0 },
    { "script", T_BLOCK | T_EMPTY },
    { "section", T_BLOCK | T_ENDS_P },
    { "select", T_CONTROL | T_INTERACTIVE | T_ONLY, NULL, "option optgroup hr" },
    { "small", 0 },
    { "source", T_VOID, "picture video audio" },
    { "span", 0 },
    { "strong", 0 },
    { "sub", 0 },
    { "summary", T_BLOCK, "details" },
    { "sup", 0 },
    { "svg", 0 },
    { "table", T_BLOCK | T_ENDS_P | T_ONLY, NULL, "caption colgroup thead tbody tfoot tr" },
    { "tbody", T_BLOCK | T_ONLY, TABLE_PARENT, "tr" },
    { "td", T_BLOCK, "tr" },
    { "textarea", T_RCDATA | T_CONTROL | T_INTERACTIVE | T_EXACT },
    { "tfoot", T_BLOCK | T_ONLY, TABLE_PARENT, "tr" },
    { "th", T_BLOCK, "tr" },
    { "thead", T_BLOCK | T_ONLY, TABLE_PARENT, "tr" },
    { "time", 0 },
    { "title", T_BLOCK | T_RCDATA, HEAD_PARENT },
    { "tr", T_BLOCK | T_ONLY, "table thead tbody tfoot", "td th" },
    { "track", T_VOID, "video audio" },
    { "u", 0 },
    { "ul", T_BLOCK | T_ENDS_P | T_ONLY, NULL, "li" },
    { "var", 0 },
    { "video", T_INTERACTIVE },
    { "wbr", T_VOID },
};

/* Left out on purpose: <script>, <style>, <foreignObject>, and the animation elements, which can set an href.
 */
static const struct tag svg_tags[] = {
    { "a", T_INTERACTIVE },
    { "circle", T_BLOCK },
    { "clipPath", T_BLOCK },
    { "defs", T_BLOCK },
    { "desc", T_BLOCK },
    { "ellipse", T_BLOCK },
    { "g", T_BLOCK },
    { "image", T_BLOCK },
    { "line", T_BLOCK },
    { "linearGradient", T_BLOCK },
    { "marker", T_BLOCK },
    { "mask", T_BLOCK },
    { "path", T_BLOCK },
    { "pattern", T_BLOCK },
    { "polygon", T_BLOCK },
    { "polyline", T_BLOCK },
    { "radialGradient", T_BLOCK },
    { "rect", T_BLOCK },
    { "stop", T_BLOCK },
    { "svg", T_BLOCK },
    { "symbol", T_BLOCK },
    { "text", T_BLOCK },
    { "textPath", 0 },
    { "title", T_BLOCK },
    { "tspan", 0 },
    { "use", T_BLOCK },
    { "view", T_BLOCK },
};

const struct tag *tag_find(str name, bool svg) {
    const struct tag *tags = svg ? svg_tags : html_tags;
    size_t n = svg ? COUNT(svg_tags) : COUNT(html_tags);
    for (size_t i = 0; i < n; i++)
        if (str_is(name, tags[i].name)) return &tags[i];
    return NULL;
}

bool tag_is(const struct tag *t, const char *name) {
    return strcmp(t->name, name) == 0;
}

bool list_has(const char *list, str word) {
    str rest = str_of(list), piece;
    while (str_cut(&rest, ' ', &piece))
        if (str_eq(piece, word)) return true;
    return false;
}

enum attr_kind attr_kind(str name) {
    /* htmx reads data-hx-get as hx-get. */
    if (str_starts(name, S("data-hx-"))) name = str_from(name, 5);
    if (str_starts(name, S("on")) || str_starts(name, S("hx-on")) || str_is(name, "style") ||
        str_is(name, "srcdoc"))
        return A_BANNED;
    if (list_has("href src action formaction poster data xlink:href cite background manifest hx-get hx-post "
                 "hx-put "
                 "hx-patch hx-delete hx-push-url hx-replace-url",
                 name))
        return A_URL;
    /* hx-vals, hx-headers, hx-vars and hx-trigger may hold JavaScript; the rest are lists of addresses or
     * switches. */
    if (list_has("srcset imagesrcset ping method formmethod enctype formenctype http-equiv sandbox allow "
                 "integrity is "
                 "xmlns hx-vals hx-vars hx-headers hx-trigger hx-request hx-ext",
                 name))
        return A_LITERAL;
    return A_PLAIN;
}

bool attr_is_camel(str name) {
    return list_has(
        "viewBox preserveAspectRatio gradientUnits gradientTransform spreadMethod patternUnits "
        "patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits markerWidth "
        "markerHeight markerUnits refX refY textLength lengthAdjust startOffset pathLength",
        name);
}

bool entity_known(str name) {
    return list_has("amp lt gt quot apos nbsp ensp emsp thinsp shy", name);
}

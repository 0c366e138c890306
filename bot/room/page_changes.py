"""What Riffcord changes in the code of simcord's page, text by text.

The page server refuses to start where a text is not there, or twice.
"""

from __future__ import annotations

REPLACEMENTS = {
    "/app.js": (
        (
            'request("/api/pages", "POST", {}, null)',
            'request("/api/pages", "POST", window.room.opening(), null)',
        ),
        ("\nbootstrap();\n", "\nwindow.room.attach({ dispatch, state, ui, loadAsset });\nbootstrap();\n"),
        # A page's own address keeps the tabs of one browser apart in its cache.
        ('request("/api/state", "GET"', 'request(`/api/state?page=${state.contextId}`, "GET"'),
        # Whoever gives a command sees what comes of it, wherever they had scrolled to.
        (
            '    dispatch("run_command", body,',
            '    window.room.commandSent();\n    dispatch("run_command", body,',
        ),
        # Riffcord's own faces are in the page; 30 MB of fonts for every script are fetched when needed.
        ("await presentation.fonts();", "await document.fonts.ready;"),
    ),
    "/actions.js": (
        # What is sent while suggestions are fetched or the page is measured follows, and is not thrown away.
        ("const queries = new Map();", "const queries = new Map();\n  let held = null;"),
        (
            "    if (pending || (uncertain && ",
            "    const waits = pending ? pending.queryIntent || pageAction(pending.kind)\n"
            '      : kind === "run_command" && awaitingRevision !== null'
            " && awaitingRevision > context.publishedRevision;\n"
            '    if (waits && !uncertain && ["run_command", "send_message"].includes(kind)) {\n'
            "      held = [`${context.viewerId}:${context.contextGeneration}`, kind, extra, metadata];\n"
            "      return;\n"
            "    }\n"
            "    if (pending || (uncertain && ",
        ),
        (
            "    const next = queries.entries().next().value;",
            "    if (held) {\n"
            "      const [scope, ...wish] = held;\n"
            "      held = null;\n"
            "      if (scope === `${context.viewerId}:${context.contextGeneration}`) dispatch(...wish);\n"
            "      if (pending || held) return;\n"
            "    }\n"
            "    const next = queries.entries().next().value;",
        ),
    ),
    "/commands.js": (
        # The bot is asked for suggestions as soon as a field has the focus, and a wait is no empty list.
        (
            'const current = String(field.value || "");',
            'const current = String(field.value || "");\n            queryAutocomplete(option, current);',
        ),
        (
            '"Loading options failed" : "No options match"',
            '"Loading options failed"'
            ' : autocomplete.state === "loading" ? "One moment…" : "No options match"',
        ),
        (
            '"command-popup-heading", heading);',
            '"command-popup-heading", heading.replace(/ MATCHING $/, ""));',
        ),
        # A command is found by its registered name, too, whatever the language calls it.
        (
            "    if (!needle || lowered.startsWith(needle)) rank = 0;",
            "    if (!needle || lowered.startsWith(needle)\n"
            "        || entry.registered?.startsWith(needle)) rank = 0;",
        ),
        (
            "      item.dataset.entryKey = entry.key;\n      item.tabIndex",
            "      item.dataset.entryKey = entry.key;\n"
            "      item.dataset.registered = `/${entry.registered || entry.invocation}`;\n"
            "      item.tabIndex",
        ),
        # What comes in late does not take the place of another list that was opened meanwhile.
        (
            "\n      renderPopup(input, `",
            "\n      if (currentPopupOwner && currentPopupOwner.dataset.option !== body.focused) return;"
            "\n      renderPopup(input, `",
        ),
        (
            "        if (input) renderPopup(input, entityCaption",
            "        if (input && currentPopupOwner?.dataset.option === option.name)"
            " renderPopup(input, entityCaption",
        ),
        # What was chosen is shown by its name, not by the value that is sent.
        (': String(value?.raw ?? "");', ': String(value?.label ?? value?.raw ?? "");'),
    ),
    "/selects.js": (
        # Discord does not explain how to choose; what is wrong with a choice is still said.
        (
            'guidance.hidden = scope.startsWith("message") && !identityPending && !selectionStatus;',
            "guidance.hidden = !identityPending && !selectionStatus;",
        ),
        # Another menu in the place of one begins with what it has chosen, not with what the one before had.
        ("const TYPE = Object.freeze({", "const shown = new Map();\nconst TYPE = Object.freeze({"),
        (
            "  if (draftValue(key) === undefined) {\n",
            "  const told = JSON.stringify("
            "[component.custom_id, optionDefaults(entries), component.default_values]);\n"
            "  const isAnother = shown.has(key) && shown.get(key) !== told;\n"
            "  shown.set(key, told);\n"
            "  if (isAnother) {\n"
            "    options.onReconcileDraft?.(key, component.type !== TYPE.STRING_SELECT\n"
            "      ? selectedIds(descriptor) : optionDefaults(entries).slice(0, maximum));\n"
            "  } else if (draftValue(key) === undefined) {\n",
        ),
    ),
    "/session.js": (("interval = 500", "interval = 200"),),
    "/text.js": (
        ("new Date(options.presentationTime || 0)", "new Date()"),
        (
            "if (valid) time.dateTime = date.toISOString();",
            "if (valid) time.dateTime = date.toISOString();\n"
            '  if (valid && style === "R") time.dataset.relative = options.locale || "en-US";',
        ),
    ),
    "/transport.js": (
        (
            'cache: "no-store", signal,',
            'cache: path.startsWith("/api/state") ? "no-cache" : "no-store", signal,',
        ),
    ),
}
"""Exact texts of simcord's page code and what stands there instead."""

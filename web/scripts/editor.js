// CodeMirror over a text box: line numbers, colours, names of datasets and columns. The box stays in the form.
// It lives in a shadow root, where its styles are constructed sheets; a <style> element would break the CSP.
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const setMarks = StateEffect.define();
const marks = StateField.define({
  create: () => Decoration.none,
  update(found, { changes, effects, docChanged }) {
    const set = effects.find((effect) => effect.is(setMarks));
    if (set) return set.value;
    // Once something is written the mark has done its work.
    return docChanged ? Decoration.none : found.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});
const wrong = Decoration.mark({ class: 'cm-wrong' });

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: '#0b5a63', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: '#8a3d0a' },
  { tag: [tags.number, tags.bool, tags.null], color: '#6a2a8a' },
  { tag: tags.comment, color: '#5f5c55', fontStyle: 'italic' },
]);
const look = EditorView.theme({
  '&': { fontSize: '0.9375rem', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace', lineHeight: '1.5', minHeight: '13.5rem', maxHeight: '32rem' },
  '.cm-content': { padding: '0.5rem 0', caretColor: '#1d1b16' },
  '.cm-gutters': { backgroundColor: '#f3f1ec', color: '#5f5c55', border: '0' },
  '.cm-wrong': { borderBottom: '2px solid #b3261e', backgroundColor: '#fbe9e7' },
});

function place(doc, line, column) {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
}

// Left to itself the browser joins lines with a style attribute of its own, which the CSP refuses and reports.
const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const isPlain = event.inputType === 'insertText' && event.data && !event.isComposing && !view.composing;
    if (!isPlain || (view.state.selection.main.empty && !event.data.includes('\n'))) return false;
    event.preventDefault();
    view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

/** Puts the editor in the place of `area`; `schema` is {dataset: [column]}, `run` asks the question. */
export function edit(area, schema, run) {
  const host = document.createElement('div');
  host.className = 'query-editor';
  area.after(host);
  const root = host.attachShadow({ mode: 'open' });
  const had = document.activeElement === area;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      selection: { anchor: area.selectionStart, head: area.selectionEnd },
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightSpecialChars(), indentOnInput(), bracketMatching(),
        autocompletion({ icons: false }), sql({ dialect: PostgreSQL, schema, upperCaseKeywords: true }),
        syntaxHighlighting(colours), look, marks, replacing, EditorView.lineWrapping,
        // Tab leaves the editor, as it leaves every field; indenting is Ctrl+[ and Ctrl+].
        keymap.of([{ key: 'Mod-Enter', run: () => { run(); return true; } }, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': document.getElementById('sql-label').textContent, 'data-sql': '' }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event('input', { bubbles: true }));
        }),
      ],
    }),
  });
  area.hidden = true;
  if (had) view.focus();
  document.getElementById('sql-label').addEventListener('click', () => view.focus());
  return {
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    show(line, column) {
      view.dispatch({ selection: { anchor: place(view.state.doc, line, column) }, scrollIntoView: true });
      view.focus();
    },
    mark(places) {
      const { doc } = view.state;
      const found = places.map(([line, column]) => place(doc, line, column)).sort((one, other) => one - other)
        .map((from) => wrong.range(from, Math.min(doc.length, Math.max(from + 1, wordEnd(doc, from)))))
        .filter(({ from, to }) => to > from);
      view.dispatch({ effects: setMarks.of(Decoration.set(found)) });
    },
  };
}

function wordEnd(doc, from) {
  const rest = doc.sliceString(from, Math.min(doc.length, from + 60));
  return from + (rest.match(/^[\p{L}\p{N}_]+/u)?.[0].length ?? 1);
}

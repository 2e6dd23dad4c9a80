import { useId, useMemo, useState } from "react";
import type { Block, Cell } from "../contract";
import { useLocale, useWords } from "../words";
import { Static } from "./Blocks";

/** A table that sorts by any column and shows a page of rows at a time, as Slack's data_table does. */
export function DataTable({ block }: { block: Block }) {
  const words = useWords();
  const locale = useLocale();
  const [sorted, setSorted] = useState<{ column: number; up: boolean } | null>(null);
  const [page, setPage] = useState(0);
  const caption = useId();
  const [head = [], ...body] = block.rows ?? [];
  const size = block.page_size ?? 5;

  const rows = useMemo(() => {
    if (sorted === null) return body;
    const collator = new Intl.Collator(locale, { numeric: true });
    const compared = (a: Cell | undefined, b: Cell | undefined) =>
      a?.value !== undefined && b?.value !== undefined ? a.value - b.value : collator.compare(wordsOf(a), wordsOf(b));
    return [...body].sort((a, b) => (sorted.up ? 1 : -1) * compared(a[sorted.column], b[sorted.column]));
  }, [block.rows, sorted, locale]);

  const last = Math.max(Math.ceil(rows.length / size) - 1, 0);
  const from = Math.min(page, last) * size;
  const shown = rows.slice(from, from + size);
  const sort = (column: number) => {
    setPage(0);
    setSorted((before) => {
      // Numbers are looked at from the greatest down, words from A on; the third click is the app's own order again.
      const first = body[0]?.[column]?.type !== "raw_number";
      if (before?.column !== column) return { column, up: first };
      return before.up === first ? { column, up: !first } : null;
    });
  };

  return (
    <figure className="data-table" aria-labelledby={caption}>
      <figcaption id={caption}>{block.caption}</figcaption>
      <div className="scroll" tabIndex={0} role="group" aria-labelledby={caption}>
        <table aria-labelledby={caption}>
          <thead>
            <tr>
              {head.map((cell, column) => {
                const isSorted = sorted?.column === column;
                return (
                  <th key={column} scope="col" className={isNumber(body[0]?.[column]) ? "number" : ""} aria-sort={isSorted ? (sorted.up ? "ascending" : "descending") : undefined}>
                    <button type="button" onClick={() => sort(column)}>
                      {wordsOf(cell)}
                      <span className="arrow" aria-hidden="true">
                        {isSorted ? (sorted.up ? "↑" : "↓") : "↕"}
                      </span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={from + index}>
                {row.map((cell, column) => (
                  <td key={column} className={isNumber(cell) ? "number" : ""}>
                    {cell.type === "rich_text" ? <Static blocks={[cell as unknown as Block]} /> : wordsOf(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > size && (
        <div className="pages" role="group" aria-labelledby={caption}>
          <span aria-live="polite">{words.rows(from + 1, from + shown.length, rows.length)}</span>
          <button type="button" className="button small" aria-label={words.previousPage} disabled={from === 0} onClick={() => setPage(page - 1)}>
            ‹
          </button>
          <button type="button" className="button small" aria-label={words.nextPage} disabled={page >= last} onClick={() => setPage(page + 1)}>
            ›
          </button>
        </div>
      )}
      <span className="unseen" aria-live="polite">
        {sorted !== null && words.sortedBy(wordsOf(head[sorted.column]), sorted.up)}
      </span>
    </figure>
  );
}

const isNumber = (cell: Cell | undefined) => cell?.type === "raw_number";
const wordsOf = (cell: Cell | undefined) => cell?.text ?? String(cell?.value ?? "");

// A table of a row for each thing: sorted by a click on a column's head; on a small screen each row is a card with its columns
// below one another. The roles are said, since browsers forget those of what is not drawn as a table.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren; // nothing is null
  order?: (row: Row) => number | string; // it can be sorted by this: numbers from the greatest, texts from A
  number?: boolean;
  tone?: (row: Row) => string; // a class of the cell
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return b - a;
  return `${a}`.localeCompare(`${b}`, "en", { numeric: true });
}

function Head<Row>({ column, sorted, sort }: { column: Column<Row>; sorted: boolean; sort: () => void }) {
  const direction = column.number ? "descending" : "ascending";
  return (
    <th scope="col" role="columnheader" class={column.number ? "number" : ""} aria-sort={sorted ? direction : undefined}>
      {column.order ? <button type="button" class="sort" onClick={sort}>{column.head}</button> : column.head}
    </th>
  );
}

function Cells<Row>({ columns, row }: { columns: Column<Row>[]; row: Row }) {
  const [first, ...rest] = columns;
  return (
    <tr role="row">
      <th scope="row" role="rowheader">{first!.cell(row)}</th>
      {rest.map(({ head, cell, number, tone }) => (
        <td role="cell" key={head} data-head={head} class={`${number ? "number" : ""} ${tone?.(row) ?? ""}`}>{cell(row)}</td>
      ))}
    </tr>
  );
}

export function Table<Row>({ label, columns, rows, keyOf }: {
  label: string; columns: Column<Row>[]; rows: Row[]; keyOf: (row: Row) => string;
}) {
  const [by, setBy] = useState("");
  const sortBy = (head: string) => setBy(head === by ? "" : head); // a second click takes it back
  const order = columns.find(({ head }) => head === by)?.order;
  const sorted = order ? rows.toSorted((a, b) => compare(order(a), order(b))) : rows;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={`${label}, may be scrolled`}>
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Head key={column.head} column={column} sorted={column.head === by} sort={() => sortBy(column.head)} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {sorted.map((row) => <Cells key={keyOf(row)} columns={columns} row={row} />)}
        </tbody>
      </table>
    </div>
  );
}

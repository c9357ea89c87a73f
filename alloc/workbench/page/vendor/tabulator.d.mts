// Tabulator 6.5.3 comes without types; what is used of it here.
export const Tabulator: any;
export const FormatModule: any, SortModule: any, FilterModule: any, ColumnCalcsModule: any, EditModule: any, ResizeTableModule: any;
/** What draws the cells of rows, or the rows; methods that a class of ours has take the place of its own. */
export class Renderer {
  constructor(table: any);
  table: any;
  /** holds the table and is scrolled */
  elementVertical: HTMLElement;
  tableElement: HTMLElement;
}

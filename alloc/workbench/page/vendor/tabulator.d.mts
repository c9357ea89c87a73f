// Tabulator 6.5.3 comes without types; what is used of it here.
export const Tabulator: any;
export const FormatModule: any, SortModule: any, FilterModule: any, ColumnCalcsModule: any, EditModule: any, ResizeTableModule: any;

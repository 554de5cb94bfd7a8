/** What files of other formats have at some offset, and what these are called. */
const MARKS: readonly [offset: number, mark: string, name: string][] = [
  ...['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7'].map((mark): [number, string, string] => [
    0,
    `${mark}\n`,
    'a Netpbm picture (.pbm, .pgm, .ppm)',
  ]),
  [0, '\0\0\x01\0', 'an icon (.ico)'],
  [4, 'jP  ', 'JPEG 2000 (.jp2)'],
  [4, 'JXL ', 'JPEG XL (.jxl)'],
  [4, 'ftypavi', 'AVIF'],
  [4, 'ftyphei', 'HEIF (.heic)'],
  [4, 'ftypmif', 'HEIF (.heic)'],
  [0, '8BPS', "Photoshop's format (.psd)"],
  [0, '%PDF', 'PDF'],
  [0, '<svg', 'SVG, a program that draws'],
  [0, '<?xml', 'text such as SVG'],
  [0, '<!', 'text such as HTML'],
  [128, 'DICM', 'DICOM (.dcm)'],
  [0, '\x93NUMPY', "numpy's format (.npy)"],
  [0, 'PK\x03\x04', 'a zip'],
];

/** The name of the format that bytes are in, if it is one that is not read. */
export function otherFormat(bytes: Uint8Array): string | undefined {
  const has = (offset: number, mark: string) =>
    [...mark].every((letter, i) => bytes[offset + i] === letter.charCodeAt(0));
  return MARKS.find(([offset, mark]) => has(offset, mark))?.[2];
}

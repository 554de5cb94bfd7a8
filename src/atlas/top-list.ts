/** Lists of the highest pictures of each channel, `top` per channel. */
export interface TopLists {
  readonly top: number;
  readonly topValues: Float32Array;
  readonly topPictures: Int32Array;
  readonly topPositions: Int32Array;
}

/**
 * Puts a picture into a channel's list of the highest, if it belongs there. Of equal values the earlier picture stays
 * first: pictures come in their order.
 *
 * @param position called only if it belongs there
 */
export function insertTop(
  { top, topValues, topPictures, topPositions }: TopLists,
  channel: number,
  value: number,
  picture: number,
  position: () => number,
): void {
  const first = channel * top;
  let at = first + top - 1;
  if (!(value > topValues[at]!)) return;
  while (at > first && value > topValues[at - 1]!) {
    topValues[at] = topValues[at - 1]!;
    topPictures[at] = topPictures[at - 1]!;
    topPositions[at] = topPositions[at - 1]!;
    at--;
  }
  topValues[at] = value;
  topPictures[at] = picture;
  topPositions[at] = position();
}

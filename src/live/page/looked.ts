import type { LayerMaps, Seen } from '../explorer-messages';

/** A picture that the network has seen, with the maps of the layer that is shown. */
export interface Looked {
  name: string;
  seen: Seen;
  maps?: LayerMaps;
}

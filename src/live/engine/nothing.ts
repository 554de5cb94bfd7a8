/** In place of Node's modules, which libraries name and never load in a browser. */
export {};

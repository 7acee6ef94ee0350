/** What was dropped or pasted. */
export interface GivenFiles {
  files: File[];
  /** Names of folders, which are no files. */
  folders: string[];
}

export function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}

/** To be read while the event is being handled: later the browser has emptied it. */
export function filesOf(data: DataTransfer): GivenFiles {
  const given: GivenFiles = { files: [], folders: [] };
  for (const item of data.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    if (entry?.isDirectory) given.folders.push(entry.name);
    else if (file) given.files.push(file);
  }
  return given;
}

/**
 * Whether pasting means the files. Office programs put a picture of the words beside the words, and mean the words; a file
 * manager puts the file's name beside the file.
 */
export function meansFiles(types: readonly string[]): boolean {
  const isRichText = types.includes('text/plain') && (types.includes('text/html') || types.includes('text/rtf'));
  return types.includes('Files') && !isRichText;
}

import type { ReactNode } from 'react';
import React, { useEffect, useRef } from 'react';

/**
 * Keeps the place of whoever works with the keyboard or a screen reader: when a change takes away the control that had the focus, this
 * block gets it, and the next Tab goes to what took its place.
 */
export function KeepFocus({ children }: { children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);
  const inside = useRef(false);

  useEffect(() => {
    const node = root.current;
    if (node && inside.current && node.ownerDocument.activeElement === node.ownerDocument.body)
      node.focus({ preventScroll: true });
  });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notes where the focus is.
    <div
      ref={root}
      tabIndex={-1}
      style={{ outline: 'none' }}
      onFocus={() => {
        inside.current = true;
      }}
      onBlur={(event) => {
        // Without another element it may have been taken away: that is seen after the change.
        if (event.relatedTarget) inside.current = event.currentTarget.contains(event.relatedTarget);
      }}
    >
      {children}
    </div>
  );
}

import type { ReactNode } from 'react';
import React, { useEffect, useRef } from 'react';

/**
 * Keeps the focus for keyboards and screen readers: when a render removes the focused control, this block takes the focus, and the next
 * Tab goes to its first control.
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
    // biome-ignore lint/a11y/noStaticElementInteractions: only tracks the focus.
    <div
      ref={root}
      tabIndex={-1}
      style={{ outline: 'none' }}
      onFocus={() => {
        inside.current = true;
      }}
      onBlur={(event) => {
        // Without `relatedTarget` the control may be about to be removed; the effect after the render decides.
        if (event.relatedTarget) inside.current = event.currentTarget.contains(event.relatedTarget);
      }}
    >
      {children}
    </div>
  );
}

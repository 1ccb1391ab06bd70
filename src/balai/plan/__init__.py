"""The masterplan: dimensions, programmes, actions, quick wins, targets, money, progress, realisation."""

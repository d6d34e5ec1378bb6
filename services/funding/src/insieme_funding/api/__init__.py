"""HTTP of funding: thin routes that turn a request into a unit of steps, and reads of the views."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()

__all__ = ["ROUTERS"]
